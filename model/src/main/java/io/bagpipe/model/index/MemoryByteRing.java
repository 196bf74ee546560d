package io.bagpipe.model.index;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;

/**
 * A ring in native memory, of slabs: taken as it fills, and taken again once all that lies in one
 * has been released. So it is as large as what is kept, and a slab more at each end.
 */
final class MemoryByteRing implements ByteRing {
  private static final int LARGEST_SLAB = 1 << 20;
  private static final int SMALLEST_SLAB = 16 << 10;

  private final int slabBytes;

  /** Those in use, by which part of the stream they hold. */
  private final Map<Long, BytePointer> slabs = new HashMap<>();

  private final Deque<BytePointer> free = new ArrayDeque<>();
  private long firstSlab;

  MemoryByteRing(long capacity) {
    this.slabBytes = (int) Math.max(SMALLEST_SLAB, Math.min(LARGEST_SLAB, capacity / 16));
  }

  @Override
  public void write(long position, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      long at = position + done;
      int count = run(at, bytes.length - done);
      slabs
          .computeIfAbsent(at / slabBytes, number -> slab())
          .position(at % slabBytes)
          .put(bytes, done, count);
      done += count;
    }
  }

  private BytePointer slab() {
    BytePointer released = free.poll();
    return released == null ? new BytePointer(slabBytes) : released;
  }

  @Override
  public void read(long position, byte[] into) {
    for (int done = 0; done < into.length; ) {
      long at = position + done;
      int count = run(at, into.length - done);
      BytePointer slab = slabs.get(at / slabBytes);
      if (slab == null) {
        throw new IllegalStateException("byte " + at + " has been released, or was never written");
      }
      slab.position(at % slabBytes).get(into, done, count);
      done += count;
    }
  }

  /** Bytes from here that lie together. */
  private int run(long at, int wanted) {
    return (int) Math.min(wanted, slabBytes - at % slabBytes);
  }

  @Override
  public void release(long position) {
    for (long first = position / slabBytes; firstSlab < first; firstSlab++) {
      BytePointer slab = slabs.remove(firstSlab);
      if (slab != null) {
        free.add(slab);
      }
    }
  }

  @Override
  public long allocated() {
    return (long) (slabs.size() + free.size()) * slabBytes;
  }

  @Override
  public void close() {
    slabs.values().forEach(BytePointer::close);
    free.forEach(BytePointer::close);
    slabs.clear();
    free.clear();
  }
}
