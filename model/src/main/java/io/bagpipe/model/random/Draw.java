package io.bagpipe.model.random;

import java.util.random.RandomGenerator;

/**
 * A stream of random numbers that is a function of (seed, image coordinates, purpose) alone:
 * SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from a mixed starting point. Not thread-safe; make
 * one a draw, it is cheap.
 */
public final class Draw implements RandomGenerator {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** What a draw is for; the names are part of the promise, the order of constants is not. */
  public enum Purpose {
    QUERY_VIEW(0x51),
    KEY_VIEW(0x4B),
    MEMBER_CHOICE(0x4D),
    MEMBER_VIEW(0x56),
    CUTMIX(0x43),
    QUEUE(0x6E),
    REHEARSAL(0x52),
    PROJECTION(0x50),
    WEIGHTS(0x57);

    private final long salt;

    Purpose(long salt) {
      this.salt = salt;
    }
  }

  private long state;

  private Draw(long state) {
    this.state = state;
  }

  /** A draw for one image. */
  public static Draw of(long seed, ImageCoordinates at, Purpose purpose) {
    return new Draw(mix(mix(mix(seed, purpose.salt), at.partition()), at.offset()));
  }

  /** A draw for something that is counted, a training step for instance. */
  public static Draw of(long seed, long count, Purpose purpose) {
    return new Draw(mix(mix(mix(seed, purpose.salt), -1), count));
  }

  @Override
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return finish(state);
  }

  private static long mix(long hash, long value) {
    return finish(hash * 31 + value + GOLDEN_GAMMA);
  }

  private static long finish(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
