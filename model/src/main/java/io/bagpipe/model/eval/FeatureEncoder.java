package io.bagpipe.model.eval;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import java.util.Arrays;
import java.util.function.BiFunction;

/** What turns views into features: a student's engine, or a teacher. Confined to its thread. */
public interface FeatureEncoder {
  /** Side of a view, pixels. */
  int inputSize();

  /** Values of a feature. */
  int dimension();

  /**
   * Pooled features, in evaluation mode.
   *
   * @param views uint8 [count or more, size, size, 3]; what is beyond count is left alone
   * @return [count, dimension], the caller's own
   */
  float[] features(byte[] views, int count);

  /** A student's, as they leave the pooling; the engine stays its maker's. */
  static FeatureEncoder of(StudentEngine engine) {
    return of(engine.inputSize(), engine.featureDimension(), engine::features);
  }

  /** What comes out of a student's head, in the place of features; the engine stays its maker's. */
  static FeatureEncoder embeddings(StudentEngine engine) {
    return of(engine.inputSize(), engine.embeddingDimension(), engine::embed);
  }

  /**
   * A teacher's, as unit vectors; it stays its maker's. A view that it refuses is an error here:
   * labelled images are chosen, and none may be missing on one side only.
   */
  static FeatureEncoder of(TeacherEncoder teacher) {
    int image = 3 * teacher.inputSize() * teacher.inputSize();
    return of(
        teacher.inputSize(),
        teacher.featureDimension(),
        (views, count) -> {
          UnitRows rows = teacher.features(Arrays.copyOf(views, count * image), count);
          if (!rows.refused().isEmpty()) {
            throw new EvaluationException(rows.refused().values().iterator().next());
          }
          return rows.rows();
        });
  }

  private static FeatureEncoder of(
      int size, int values, BiFunction<byte[], Integer, float[]> encode) {
    return new FeatureEncoder() {
      @Override
      public int inputSize() {
        return size;
      }

      @Override
      public int dimension() {
        return values;
      }

      @Override
      public float[] features(byte[] views, int count) {
        return encode.apply(views, count);
      }
    };
  }
}
