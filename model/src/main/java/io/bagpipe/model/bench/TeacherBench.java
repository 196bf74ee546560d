package io.bagpipe.model.bench;

import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.util.SplittableRandom;

/** Times a teacher's forward pass on random pixels, in runs of one size. */
public final class TeacherBench {
  private static final int WARM_UPS = 2;

  private final TeacherSource source;
  private final int batch;
  private final int threads;

  /**
   * What was measured.
   *
   * @param imagesPerSecond through the whole network, pixels in and unit vectors out
   * @param side of the views that this teacher takes, pixels
   */
  public record Result(double imagesPerSecond, int side) {}

  /**
   * @param batch images a run
   */
  public TeacherBench(TeacherSource source, int batch, int threads) {
    this.source = source;
    this.batch = batch;
    this.threads = threads;
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
    try (TeacherEncoder teacher = OnnxTeacher.open(source, source.card().options(options))) {
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
      return new Result((double) batch * iterations / seconds, side);
    }
  }
}
