package io.bagpipe.model.eval;

/**
 * Which images of a stream are never trained, so that a student can be asked about them: a share of
 * all ids, by a hash, so that whoever asks, and whenever, has the same answer, and an image that is
 * pushed again is held out again. Immutable.
 *
 * @param share of all ids, [0, 1)
 * @param seed of the choice
 */
public record HeldOut(double share, long seed) {
  /** No image is. */
  public static final HeldOut NONE = new HeldOut(0, 0);

  private static final double TWO_TO_MINUS_53 = 0x1p-53;

  public HeldOut {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("share " + share + "; valid: 0 to under 1");
    }
  }

  /** Whether any image is. */
  public boolean isAny() {
    return share > 0;
  }

  /** Whether the image of this id is. */
  public boolean has(byte[] id) {
    return share > 0 && place(id) < share;
  }

  /** [0, 1), uniform over ids. */
  private double place(byte[] id) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (byte value : id) {
      hash = (hash ^ (value & 0xff)) * 0x100000001b3L;
    }
    return (mixed(hash + mixed(seed)) >>> 11) * TWO_TO_MINUS_53;
  }

  /** The finaliser of SplitMix64. */
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
