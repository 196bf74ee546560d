package io.bagpipe.model.engine;

/**
 * How an engine computes; what it computes does not depend on it, rounding aside.
 *
 * @param threads cores the student may use; 0 for all
 * @param backend what does the arithmetic
 */
public record EngineOptions(int threads, Backend backend) {
  /** All cores, oneDNN on a CPU. */
  public static final EngineOptions DEFAULT = new EngineOptions(0, Backend.AUTO);

  /** What does the arithmetic. */
  public enum Backend {
    /** oneDNN where ND4J's arrays are in main memory, ND4J's operations elsewhere. */
    AUTO,
    ONEDNN,
    ND4J
  }

  public EngineOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads " + threads + "; takes 0 (all) and more");
    }
  }
}
