package io.bagpipe.model.engine;

/**
 * How an engine computes; what it computes does not depend on it, rounding aside.
 *
 * @param engine a provider's name, or {@value #AUTO} for the best that can run here
 * @param precision of the arithmetic, as the provider names it; {@value #FLOAT32} in all of them
 * @param threads cores the student may use; 0 for all
 */
public record EngineOptions(String engine, Device device, String precision, int threads) {
  public static final String AUTO = "auto";
  public static final String FLOAT32 = "float32";

  /** All cores, whatever engine is best. */
  public static final EngineOptions DEFAULT = new EngineOptions(AUTO, Device.AUTO, FLOAT32, 0);

  public EngineOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads " + threads + "; takes 0 (all) and more");
    }
  }

  /** The same on so many cores; 0 for all. */
  public EngineOptions withThreads(int count) {
    return new EngineOptions(engine, device, precision, count);
  }

  /** The same by this provider. */
  public EngineOptions withEngine(String name) {
    return new EngineOptions(name, device, precision, threads);
  }

  /** Threads, counted. */
  public int cores() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
