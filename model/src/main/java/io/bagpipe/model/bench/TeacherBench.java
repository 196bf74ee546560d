package io.bagpipe.model.bench;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.util.SplittableRandom;

/** Times a teacher's forward pass on random pixels, in runs of one size. */
public final class TeacherBench {
  private static final int WARM_UPS = 2;

  private final TeacherSource source;
  private final int batch;
  private final int threads;
  private final TeacherEngineOptions engine;

  /**
   * What was measured.
   *
   * @param imagesPerSecond through the whole network, pixels in and unit vectors out
   * @param side of the views that this teacher takes, pixels
   * @param engine what ran it, for people
   */
  public record Result(double imagesPerSecond, int side, String engine) {}

  /**
   * @param batch images a run
   * @param engine what runs it; its own batch is this one
   */
  public TeacherBench(TeacherSource source, int batch, int threads, TeacherEngineOptions engine) {
    this.source = source;
    this.batch = batch;
    this.threads = threads;
    this.engine =
        new TeacherEngineOptions(engine.engine(), engine.device(), engine.precision(), batch);
  }

  public Result run(int iterations) {
    TeacherOptions usual = TeacherOptions.defaults(threads);
    TeacherOptions options =
        new TeacherOptions(
            usual.input(),
            usual.features(),
            usual.embedding(),
            usual.side(),
            batch,
            threads,
            usual.mean(),
            usual.std());
    try (TeacherEncoder teacher =
        TeacherEngines.open(source, source.card().options(options), engine)) {
      int side = teacher.inputSize();
      byte[] views = new byte[batch * 3 * side * side];
      new SplittableRandom(1).nextBytes(views);
      long start = 0;
      for (int i = -WARM_UPS; i < iterations; i++) {
        if (i == 0) {
          start = System.nanoTime();
        }
        teacher.embeddings(views, batch);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Result((double) batch * iterations / seconds, side, teacher.toString());
    }
  }
}
