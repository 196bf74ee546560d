package io.bagpipe.model.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/** A ring in native memory, taken slab by slab as it fills. */
final class MemoryByteRing implements ByteRing {
  private static final int SLAB = 16 << 20;

  private final long capacity;
  private final List<BytePointer> slabs = new ArrayList<>();

  MemoryByteRing(long capacity) {
    this.capacity = capacity;
  }

  @Override
  public void write(long position, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      long at = (position + done) % capacity;
      int count = run(at, bytes.length - done);
      slab(at).position(at % SLAB).put(bytes, done, count);
      done += count;
    }
  }

  @Override
  public void read(long position, byte[] into) {
    for (int done = 0; done < into.length; ) {
      long at = (position + done) % capacity;
      int count = run(at, into.length - done);
      slab(at).position(at % SLAB).get(into, done, count);
      done += count;
    }
  }

  /** Bytes from here that lie together. */
  private int run(long at, int wanted) {
    return (int) Math.min(wanted, Math.min(capacity - at, SLAB - at % SLAB));
  }

  private BytePointer slab(long at) {
    int index = (int) (at / SLAB);
    while (slabs.size() <= index) {
      long left = capacity - (long) slabs.size() * SLAB;
      slabs.add(new BytePointer(Math.min(SLAB, left)));
    }
    return slabs.get(index);
  }

  @Override
  public long allocated() {
    return Math.min(capacity, (long) slabs.size() * SLAB);
  }

  @Override
  public void close() {
    Deque<BytePointer> last = new ArrayDeque<>(slabs);
    slabs.clear();
    last.forEach(BytePointer::close);
  }
}
