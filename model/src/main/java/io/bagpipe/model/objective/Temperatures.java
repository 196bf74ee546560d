package io.bagpipe.model.objective;

/** What a softmax over a queue may be divided by. */
public final class Temperatures {
  /** Below this exp(-2/T) leaves the normal range of float32. */
  public static final float LOWEST = 0.025f;

  public static final float HIGHEST = 100;

  private Temperatures() {}

  /**
   * The temperature of the student's softmax.
   *
   * @throws IllegalArgumentException unless it is 0.025 to 100
   */
  public static float student(float temperature) {
    if (!(temperature >= LOWEST && temperature <= HIGHEST)) {
      throw new IllegalArgumentException(
          "temperature " + temperature + "; valid: " + LOWEST + " to 100");
    }
    return temperature;
  }
}
