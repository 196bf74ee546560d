package io.bagpipe.model.index;

import io.bagpipe.model.random.ImageCoordinates;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the window keeps of each entry beside its vector: label, time and place on the heap, encoded
 * image and teacher key in a ring of bytes. Entries lie by the slot of their push; writing an image
 * may overwrite the bytes of entries that the window has let go, and of no others, as long as the
 * window keeps within the ring's bytes. Confined to one thread; whoever makes it closes it.
 */
final class Payloads implements AutoCloseable {
  private static final int MOST_SHARED_LABELS = 100_000;

  private final int keyDimension;
  private final long byteLimit;
  private final ByteRing ring;
  private final @Nullable String[] labels;
  private final Map<String, String> distinctLabels = new HashMap<>();
  private final long[] timestamps;
  private final int[] partitions;
  private final long[] offsets;
  private final long[] positions;
  private final int[] lengths;
  private long written;

  Payloads(int slots, int keyDimension, long byteLimit, ByteRing ring) {
    this.keyDimension = keyDimension;
    this.byteLimit = byteLimit;
    this.ring = ring;
    this.labels = new String[slots];
    this.timestamps = new long[slots];
    this.partitions = new int[slots];
    this.offsets = new long[slots];
    this.positions = new long[slots];
    this.lengths = new int[slots];
  }

  /** Bytes an entry counts as: those it takes in the ring, and its id and label on the heap. */
  int bytes(WindowEntry entry) {
    String label = entry.label();
    int names = entry.id().length + (label == null ? 0 : label.length());
    return Math.addExact(inRing(entry), names);
  }

  private int inRing(WindowEntry entry) {
    return Math.addExact(entry.encoded().length, keyDimension * Float.BYTES);
  }

  /** Label, time and place in the stream: at once for a whole call. */
  void describe(int slot, WindowEntry entry) {
    labels[slot] = shared(entry.label());
    timestamps[slot] = entry.timestampMillis();
    partitions[slot] = entry.at().partition();
    offsets[slot] = entry.at().offset();
  }

  /** Labels are few and entries many: equal ones share a string, unless they are not so few. */
  private @Nullable String shared(@Nullable String label) {
    if (label == null || distinctLabels.size() >= MOST_SHARED_LABELS) {
      return label;
    }
    String earlier = distinctLabels.putIfAbsent(label, label);
    return earlier == null ? label : earlier;
  }

  /** Image and key: when the entry's own turn has come, since older bytes may go for it. */
  void store(int slot, WindowEntry entry) {
    byte[] bytes = Arrays.copyOf(entry.encoded(), inRing(entry));
    ByteBuffer keyPart = ByteBuffer.wrap(bytes, entry.encoded().length, keyDimension * Float.BYTES);
    keyPart.asFloatBuffer().put(entry.key());
    positions[slot] = written;
    lengths[slot] = bytes.length;
    if (bytes.length <= byteLimit) { // a larger one is not in the window, not even alone
      // not even by entries that this call evicts may it hold more than the window's bytes
      ring.release(written + bytes.length - byteLimit);
      ring.write(written, bytes);
      written += bytes.length;
    }
  }

  /** Entries before this one's will not be asked for again. */
  void releaseBefore(int slot) {
    ring.release(positions[slot]);
  }

  @Nullable String label(int slot) {
    return labels[slot];
  }

  long timestamp(int slot) {
    return timestamps[slot];
  }

  ImageCoordinates at(int slot) {
    return new ImageCoordinates(partitions[slot], offsets[slot]);
  }

  byte[] encoded(int slot) {
    byte[] encoded = new byte[lengths[slot] - keyDimension * Float.BYTES];
    ring.read(positions[slot], encoded);
    return encoded;
  }

  float[] key(int slot) {
    byte[] bytes = new byte[keyDimension * Float.BYTES];
    ring.read(positions[slot] + lengths[slot] - bytes.length, bytes);
    float[] key = new float[keyDimension];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(key);
    return key;
  }

  /** Memory outside the heap; a file's pages are the kernel's. */
  long nativeBytes() {
    return ring instanceof MemoryByteRing ? ring.allocated() : 0;
  }

  @Override
  public void close() {
    ring.close();
  }
}
