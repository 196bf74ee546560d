package io.bagpipe.verticles.teacher;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;

/** Says of an image its first byte; of black ones that they are zero, of white ones NaN. */
final class GreyTeacher implements TeacherEncoder {
  static final int SIZE = 4;
  static final int PIXELS = SIZE * SIZE * 3;
  static final String ZERO = "features has length 0.0";
  static final String NOT_A_NUMBER = "embedding has length NaN";

  @Override
  public int inputSize() {
    return SIZE;
  }

  @Override
  public int featureDimension() {
    return 2;
  }

  @Override
  public int embeddingDimension() {
    return 1;
  }

  @Override
  public UnitRows features(byte[] views, int count) {
    UnitRows rows = new UnitRows("features", count, 2);
    for (int row = 0; row < count; row++) {
      int grey = views[row * PIXELS] & 255;
      if (grey == 0) {
        rows.refused().put(row, ZERO);
      } else {
        rows.rows()[2 * row] = grey;
        rows.rows()[2 * row + 1] = 1;
      }
    }
    return rows;
  }

  @Override
  public UnitRows embeddings(byte[] views, int count) {
    UnitRows rows = new UnitRows("embedding", count, 1);
    for (int row = 0; row < count; row++) {
      int grey = views[row * PIXELS] & 255;
      rows.rows()[row] = grey == 255 ? Float.NaN : grey;
      if (grey == 255) {
        rows.refused().put(row, NOT_A_NUMBER);
      }
    }
    return rows;
  }

  @Override
  public void close() {}
}
