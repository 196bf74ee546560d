package io.bagpipe.model;

/** How far two images of one size are apart, in levels of 255. */
public record Difference(double mean, int max) {
  public static Difference of(byte[] one, byte[] other) {
    long sum = 0;
    int max = 0;
    for (int i = 0; i < one.length; i++) {
      int d = Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
      sum += d;
      max = Math.max(max, d);
    }
    return new Difference((double) sum / one.length, max);
  }
}
