package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.positive;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.util.List;

/**
 * The periodic kNN evaluation on labelled images.
 *
 * @param dir IDX files or an image folder, empty for no evaluation
 * @param share most of the trainer's time, in (0, 1]
 */
public record EvalConfig(
    String dir, long everyImages, double share, int bank, int queries, int k, double temperature) {
  static final Key<String> DIR =
      new Key<>(
          "eval.dir",
          text("a directory of IDX files or class/name images", s -> true),
          "",
          "Labelled images to evaluate on: IDX files or class/name images. Empty: no evaluation."
              + " The demo sets it.");
  static final Key<Long> EVERY_IMAGES =
      new Key<>(
          "eval.every-images",
          whole(0, Long.MAX_VALUE),
          "6400",
          "Anchors between two evaluations; 0: none after that of the untrained student, but those"
              + " that are asked for.");
  static final Key<Double> SHARE =
      new Key<>(
          "eval.share",
          positive(1),
          "0.2",
          "Most of the trainer's time that goes into evaluations; one that is due waits so long. Those"
              + " that are asked for do not wait.");
  static final Key<Integer> BANK =
      new Key<>(
          "eval.bank",
          integer(1, 10_000_000),
          "10000",
          "Labelled training images that vote: drawn by the seed, of every label its share, or all"
              + " where there are no more. They are read anew each time, and none is kept.");
  static final Key<Integer> QUERIES =
      new Key<>(
          "eval.queries",
          integer(1, 10_000_000),
          "2000",
          "Held-out images that are judged, drawn in the same way; their features stay in memory,"
              + " for which the start checks that there is room (512 MiB).");
  static final Key<Integer> K =
      new Key<>(
          "eval.k", integer(1, 10_000), "20", "Neighbours that vote; 200 is usual on ImageNet.");
  static final Key<Double> TEMPERATURE =
      new Key<>("eval.temperature", positive(100), "0.07", "Of the weighted vote.");

  static final List<Key<?>> KEYS = List.of(DIR, EVERY_IMAGES, SHARE, BANK, QUERIES, K, TEMPERATURE);

  public EvalConfig {
    if (k > bank) {
      throw new ConfigException(
          "eval.k: \"" + k + "\" is not valid; expected at most eval.bank (" + bank + ")");
    }
  }

  static EvalConfig from(Values v) {
    String dir = v.get(DIR);
    return new EvalConfig(
        dir.isEmpty() ? "" : v.path(dir).toString(),
        v.get(EVERY_IMAGES),
        v.get(SHARE),
        v.get(BANK),
        v.get(QUERIES),
        v.get(K),
        v.get(TEMPERATURE));
  }
}
