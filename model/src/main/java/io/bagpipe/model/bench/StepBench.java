package io.bagpipe.model.bench;

import io.bagpipe.model.bingo.BingoBatch;
import io.bagpipe.model.bingo.BingoConfig;
import io.bagpipe.model.bingo.BingoTrainer;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import java.util.Map;
import java.util.Random;

/**
 * The time of a whole BINGO step on views that are made up: three student passes forward and
 * backward, the loss against the queue, the update. Confined to one thread; closes what it makes.
 */
public final class StepBench implements AutoCloseable {
  private static final int WARM_UP = 2;
  private static final long SEED = 1;

  /**
   * What to measure.
   *
   * @param size side of the views, pixels
   * @param batch anchors a step
   * @param queue negatives
   * @param threads cores, 0 for all
   */
  public record Settings(Architecture architecture, int size, int batch, int queue, int threads) {}

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
  private final BingoTrainer trainer;
  private final BingoBatch batch;

  public StepBench(Settings settings) {
    this.settings = settings;
    this.engine =
        StudentEngines.create(
            new EngineRequest(
                settings.architecture().spec(),
                settings.size(),
                settings.batch(),
                SEED,
                PixelNormalizer.IMAGENET),
            EngineOptions.DEFAULT.withThreads(settings.threads()));
    BingoConfig published = BingoConfig.published(1_000_000, SEED);
    this.trainer =
        new BingoTrainer(
            engine,
            new BingoConfig(
                published.temperature(),
                published.rate(),
                published.rateFloor(),
                published.momentum(),
                published.weightDecay(),
                settings.queue(),
                published.horizonImages(),
                0, // after the warm-up, when every pass meets both keys
                published.seed()));
    this.batch = batch(new Random(SEED));
  }

  private BingoBatch batch(Random random) {
    byte[] query = new byte[settings.batch() * settings.size() * settings.size() * 3];
    byte[] member = new byte[query.length];
    random.nextBytes(query);
    random.nextBytes(member);
    return new BingoBatch(settings.batch(), query, member, unitRows(random), unitRows(random));
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
    return trainer.step(batch).loss();
  }

  /** The mean time of {@code steps} steps, after two that do not count. */
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
