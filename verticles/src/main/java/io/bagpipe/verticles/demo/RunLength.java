package io.bagpipe.verticles.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a run of few images is trained: what the demo and comparisons prefer. */
public final class RunLength {
  private static final double WARMUP = 0.055;

  /**
   * The paper's 0.03 is for batches of 256 and runs of 200 epochs. Torchvision's initial weights
   * are 2.4 times PyTorch's default ones, and under batch norm a step counts relative to the
   * weights, so that a run this short needs more, and smaller, steps of a larger rate.
   */
  private static final String LEARNING_RATE = "0.05";

  private static final String BATCH = "32";

  /** Below so many images a run has too few steps of {@link #BATCH}: it takes half the batch. */
  private static final long SHORT_RUN = 16_000;

  private static final String SHORT_RUN_BATCH = "16";
  private static final String SHORT_RUN_LEARNING_RATE = "0.03";

  private RunLength() {}

  /**
   * Schedule, batch and rate by the run's length: keys of the configuration.
   *
   * @param anchors of the whole run
   */
  public static Map<String, String> keys(long anchors) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("train.horizon-images", Long.toString(anchors));
    keys.put("train.warmup-images", Long.toString(Math.round(WARMUP * anchors)));
    keys.put("train.batch", anchors < SHORT_RUN ? SHORT_RUN_BATCH : BATCH);
    keys.put("train.lr", anchors < SHORT_RUN ? SHORT_RUN_LEARNING_RATE : LEARNING_RATE);
    keys.put("train.lr-floor", "0");
    return keys;
  }
}
