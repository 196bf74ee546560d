package io.bagpipe.model.memory;

import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.nio.ByteBuffer;

/**
 * One remembered image, but for what the window holds of it.
 *
 * @param id not to be changed
 * @param order when it came in; rising
 * @param lot its place among all ids by chance, a function of seed and id
 * @param bytes that it takes
 */
record Kept(byte[] id, ImageCoordinates origin, long order, long lot, long bytes) {
  /** What the id is found by. */
  static ByteBuffer name(byte[] id) {
    return ByteBuffer.wrap(id);
  }

  ByteBuffer name() {
    return name(id);
  }

  static long lot(long seed, byte[] id) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (byte value : id) {
      hash = (hash ^ (value & 0xff)) * 0x100000001b3L;
    }
    return Draw.of(seed, hash, Purpose.REHEARSAL).nextLong();
  }
}
