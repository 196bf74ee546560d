package io.bagpipe.verticles.config;

/** A value for each channel of an RGB image. */
public record Channels(double red, double green, double blue) {

  /** Red, green, blue. */
  public float[] toArray() {
    return new float[] {(float) red, (float) green, (float) blue};
  }
}
