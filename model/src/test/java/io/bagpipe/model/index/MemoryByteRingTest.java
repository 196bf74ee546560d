package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryByteRingTest {
  private static final long CAPACITY = 1 << 20;
  private static final int KEPT = 20;
  private static final long SEED = 9;

  private record Entry(long position, byte[] bytes) {}

  @Test
  void takesWhatIsKeptAndNotWhatHasPassed() {
    // given entries of 1 to 3,000 bytes, twenty of which are kept
    Random random = new Random(SEED);
    Deque<Entry> kept = new ArrayDeque<>();
    long position = 0;
    try (MemoryByteRing ring = new MemoryByteRing(CAPACITY)) {
      for (int i = 0; i < 5_000; i++) {
        byte[] bytes = new byte[1 + random.nextInt(3_000)];
        random.nextBytes(bytes);
        kept.add(new Entry(position, bytes));
        ring.write(position, bytes);
        position += bytes.length;
        if (kept.size() > KEPT) {
          kept.remove();
        }
        ring.release(kept.element().position());

        // then all of them are there, and take at most a slab at each end more than they are
        for (Entry entry : kept) {
          byte[] read = new byte[entry.bytes().length];
          ring.read(entry.position(), read);
          assertThat(read).as("seed %d, entry %d", SEED, i).isEqualTo(entry.bytes());
        }
      }
      assertThat(position).isGreaterThan(5 * CAPACITY);
      assertThat(ring.allocated()).isBetween(1L, 3_000L * KEPT + 2 * CAPACITY / 16);

      // and what has been released is refused, not made up
      assertThatThrownBy(() -> ring.read(0, new byte[1])).hasMessageContaining("byte 0 has been");
    }
  }
}
