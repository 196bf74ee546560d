package io.bagpipe.verticles.teacher;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherOutput;
import java.util.SortedMap;
import java.util.TreeMap;

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
  public TeacherOutput encode(byte[] indexViews, byte[] keyViews, int count) {
    float[] features = new float[2 * count];
    float[] embeddings = new float[count];
    SortedMap<Integer, String> refused = new TreeMap<>();
    for (int row = 0; row < count; row++) {
      int grey = indexViews[row * PIXELS] & 255;
      switch (grey) {
        case 0 -> refused.put(row, ZERO);
        case 255 -> {
          features[2 * row] = Float.NaN;
          embeddings[row] = Float.NaN;
          refused.put(row, NOT_A_NUMBER);
        }
        default -> {
          features[2 * row] = grey;
          features[2 * row + 1] = 1;
          embeddings[row] = keyViews[row * PIXELS] & 255;
        }
      }
    }
    return new TeacherOutput(features, embeddings, refused);
  }

  @Override
  public void close() {}
}
