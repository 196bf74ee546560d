package io.bagpipe.model.bench;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.model.train.TrainerConfig;
import java.util.Map;
import java.util.Random;

/**
 * The time of a whole training step on views that are made up: the objective's passes forward and
 * backward, its loss, the update. Confined to one thread; closes what it makes.
 */
public final class StepBench implements AutoCloseable {
  private static final int WARM_UP = 2;
  private static final long SEED = 1;

  /**
   * What to measure.
   *
   * @param size side of the views, pixels
   * @param batch anchors a step
   * @param objective what is learned by
   * @param queue negatives
   * @param engine what computes it, on what, and on how many cores
   */
  public record Settings(
      Architecture architecture,
      ObjectiveProvider objective,
      int size,
      int batch,
      int queue,
      EngineOptions engine) {}

  /**
   * What came out.
   *
   * @param seconds a step, the mean
   * @param loss the last step's, as a sign of life
   * @param profile time by kind of operation, over all measured steps; empty if not asked for
   */
  public record Result(
      double seconds, double loss, Map<String, StepProfile.Entry> profile, int steps) {}

  private final Settings settings;
  private final StudentEngine engine;
  private final Trainer trainer;
  private final AnchorBatch batch;

  public StepBench(Settings settings) {
    this.settings = settings;
    this.engine =
        StudentEngines.create(
            new EngineRequest(
                settings.architecture().spec(),
                settings.size(),
                settings.objective().imagesAPass(settings.batch()),
                SEED,
                PixelNormalizer.IMAGENET),
            settings.engine());
    this.trainer =
        new Trainer(
            engine,
            TrainerConfig.published(1_000_000),
            settings.objective(),
            // after the warm-up, when every pass meets both keys
            new ObjectiveConfig(settings.queue(), 0.2f, 0, SEED, Map.of()));
    this.batch = batch(new Random(SEED));
  }

  private AnchorBatch batch(Random random) {
    AnchorBatch made = new AnchorBatch(settings.batch());
    for (Ingredient need : settings.objective().needs()) {
      if (need.kind() == Ingredient.Kind.PIXELS) {
        byte[] pixels = new byte[settings.batch() * settings.size() * settings.size() * 3];
        random.nextBytes(pixels);
        made.with(need, pixels);
      } else {
        made.with(need, unitRows(random));
      }
    }
    return made;
  }

  private float[] unitRows(Random random) {
    int dimension = engine.embeddingDimension();
    float[] rows = new float[settings.batch() * dimension];
    for (int row = 0; row < settings.batch(); row++) {
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        float value = (float) random.nextGaussian();
        rows[row * dimension + i] = value;
        squares += (double) value * value;
      }
      for (int i = 0; i < dimension; i++) {
        rows[row * dimension + i] /= (float) Math.sqrt(squares);
      }
    }
    return rows;
  }

  /** One step, for whoever measures something else than its time. */
  public double step() {
    return trainer.step(batch).loss().loss();
  }

  /** The most bytes that a GPU's memory had to hold at once; 0 on the CPU. */
  public long devicePeakBytes() {
    return engine.devicePeakBytes();
  }

  /** What computes it, for people. */
  public String engine() {
    return engine.toString();
  }

  /**
   * The mean time of {@code steps} steps, after two that do not count. A GPU may still be at the
   * end of a step when the next one begins, so the last one's end is outside, and that of the last
   * warm-up inside.
   */
  public Result run(int steps, boolean profiled) {
    for (int i = 0; i < WARM_UP; i++) {
      step();
    }
    StepProfile profile = engine.profile();
    if (profiled) {
      profile.start();
    }
    long start = System.nanoTime();
    double loss = 0;
    for (int i = 0; i < steps; i++) {
      loss = step();
    }
    double seconds = (System.nanoTime() - start) / 1e9 / steps;
    profile.stop();
    return new Result(seconds, loss, profile.entries(), steps);
  }

  @Override
  public void close() {
    trainer.close();
    engine.close();
  }
}
