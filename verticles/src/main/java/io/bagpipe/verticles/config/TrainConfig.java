package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;
import static io.bagpipe.verticles.config.ValueTypes.positive;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Objectives;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The training (the paper's hyper-parameters, section 4.1, are for ImageNet on eight GPUs).
 *
 * @param objective what the student learns by
 */
public record TrainConfig(
    Learning objective,
    int batch,
    Optimiser optimiser,
    int queue,
    double temperature,
    long horizonImages,
    long warmupImages,
    int threads) {

  /**
   * What the student learns by.
   *
   * @param name one of {@link Objectives}
   * @param options its own numbers, by name
   */
  public record Learning(String name, Map<String, Double> options) {
    public Learning {
      options = Collections.unmodifiableMap(new TreeMap<>(options));
    }
  }

  /** SGD with momentum, on a cosine. */
  public record Optimiser(double lr, double lrFloor, double momentum, double weightDecay) {
    public Optimiser {
      if (lrFloor > lr) {
        throw new ConfigException(
            "train.lr-floor: \""
                + lrFloor
                + "\" is not valid; expected at most train.lr ("
                + lr
                + ")");
      }
    }
  }

  static final Key<String> OBJECTIVE =
      new Key<>(
          "train.objective",
          text("one of " + String.join(", ", Objectives.names()), Objectives.names()::contains),
          "bingo",
          "What the student learns by. "
              + Objectives.all().stream()
                  .map(ObjectiveProvider::description)
                  .collect(Collectors.joining("; "))
              + ". A student goes on with the objective that it began with.");
  static final Key<Integer> BATCH =
      new Key<>("train.batch", integer(2, 65536), "64", "Anchors in a step; the paper: 256.");
  static final Key<Double> LR =
      new Key<>("train.lr", positive(100), "0.03", "Learning rate at the start; the paper: 0.03.");
  static final Key<Double> LR_FLOOR =
      new Key<>(
          "train.lr-floor",
          number(0, 100),
          "0.0003",
          "Where the cosine ends, and the rate of all that comes after the horizon. The paper: 0; a"
              + " stream has no end.");
  static final Key<Double> MOMENTUM =
      new Key<>(
          "train.momentum", number(0, 0.9999), "0.9", "Of SGD, not Nesterov; the paper: 0.9.");
  static final Key<Double> WEIGHT_DECAY =
      new Key<>(
          "train.weight-decay",
          number(0, 1),
          "0.0001",
          "On all parameters; the paper: 0.0001, and 0.00004 for EfficientNet-B0.");
  static final Key<Integer> QUEUE =
      new Key<>(
          "train.queue",
          integer(2, 16_777_216),
          "4096",
          "Negatives: the last so many keys of anchors, of an objective with a queue. The paper: 65536.");
  static final Key<Double> TEMPERATURE =
      new Key<>(
          "train.temperature",
          number(0.025, 100),
          "0.2",
          "Of the softmax of bingo, bingo+space, seed and moco-v2; the paper: 0.2, and 0.12 for"
              + " EfficientNet-B0. The others have their own.");
  static final Key<Integer> EMBEDDING =
      new Key<>(
          "train.embedding",
          integer(2, 16_384),
          "128",
          "Values of the embedding that teacher.projection=orthogonal makes; the paper's teachers"
              + " have 128. Otherwise the teacher's file decides.");
  static final Key<Long> HORIZON_IMAGES =
      new Key<>(
          "train.horizon-images",
          whole(1, Long.MAX_VALUE),
          "1000000",
          "Anchors over which the cosine falls; the paper: 200 epochs of 1,281,167. The demo sets it"
              + " to the images it pushes.");
  static final Key<Long> WARMUP_IMAGES =
      new Key<>(
          "train.warmup-images",
          whole(0, Long.MAX_VALUE),
          "55000",
          "Anchors for which query and member learn from their own key only (bingo); the paper: 11 of 200"
              + " epochs. The demo sets it to 5.5 % of its images.");
  static final Key<Integer> THREADS =
      new Key<>(
          "train.threads",
          integer(0, 1024),
          "0",
          "Threads of the student; 0 takes all cores. A narrow student (width 16 and less) beside"
              + " the other stages is faster with all cores but one, which the demo gives it.");

  static final List<Key<?>> KEYS =
      List.of(
          OBJECTIVE,
          BATCH,
          LR,
          LR_FLOOR,
          MOMENTUM,
          WEIGHT_DECAY,
          QUEUE,
          TEMPERATURE,
          EMBEDDING,
          HORIZON_IMAGES,
          WARMUP_IMAGES,
          THREADS);

  static TrainConfig from(Values v) {
    double lr = v.get(LR);
    // A smaller rate than the built-in floor means just that, unless the floor was asked for.
    double floor = v.has(LR_FLOOR) ? v.get(LR_FLOOR) : Math.min(lr, v.get(LR_FLOOR));
    String objective = v.get(OBJECTIVE);
    return new TrainConfig(
        new Learning(objective, ObjectiveKeys.options(objective, v)),
        v.get(BATCH),
        new Optimiser(lr, floor, v.get(MOMENTUM), v.get(WEIGHT_DECAY)),
        v.get(QUEUE),
        v.get(TEMPERATURE),
        v.get(HORIZON_IMAGES),
        v.get(WARMUP_IMAGES),
        v.get(THREADS));
  }
}
