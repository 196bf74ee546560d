package io.bagpipe.model.eval;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import java.util.Arrays;

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
    return new FeatureEncoder() {
      @Override
      public int inputSize() {
        return engine.inputSize();
      }

      @Override
      public int dimension() {
        return engine.featureDimension();
      }

      @Override
      public float[] features(byte[] views, int count) {
        return engine.features(views, count);
      }
    };
  }

  /** What comes out of a student's head, in the place of features; the engine stays its maker's. */
  static FeatureEncoder embeddings(StudentEngine engine) {
    return new FeatureEncoder() {
      @Override
      public int inputSize() {
        return engine.inputSize();
      }

      @Override
      public int dimension() {
        return engine.embeddingDimension();
      }

      @Override
      public float[] features(byte[] views, int count) {
        return engine.embed(views, count);
      }
    };
  }

  /**
   * A teacher's, as unit vectors; it stays its maker's. A view that it refuses is an error here:
   * labelled images are chosen, and none may be missing on one side only.
   */
  static FeatureEncoder of(TeacherEncoder teacher) {
    return new FeatureEncoder() {
      @Override
      public int inputSize() {
        return teacher.inputSize();
      }

      @Override
      public int dimension() {
        return teacher.featureDimension();
      }

      @Override
      public float[] features(byte[] views, int count) {
        int image = 3 * inputSize() * inputSize();
        UnitRows rows = teacher.features(Arrays.copyOf(views, count * image), count);
        if (!rows.refused().isEmpty()) {
          throw new EvaluationException(rows.refused().values().iterator().next());
        }
        return rows.rows();
      }
    };
  }
}
