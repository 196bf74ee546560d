package io.bagpipe.model.teacher;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the teacher says of a batch. Of an image whose features or embedding have no direction
 * (length 0, or not finite) it says nothing: the image is refused, its rows are not to be used, and
 * the others are what they would be without it. A teacher may refuse all of them.
 *
 * @param features [count, featureDimension] unit rows, of the index views
 * @param embeddings [count, embeddingDimension] unit rows, of the key views
 * @param refused by row, in order: one line that says what was wrong
 */
public record TeacherOutput(
    float[] features, float[] embeddings, SortedMap<Integer, String> refused) {
  /** Both outputs of a teacher for the same images. */
  public static TeacherOutput of(
      TeacherEncoder teacher, byte[] indexViews, byte[] keyViews, int count) {
    UnitRows features = teacher.features(indexViews, count);
    UnitRows embeddings = teacher.embeddings(keyViews, count);
    SortedMap<Integer, String> refused = new TreeMap<>(features.refused());
    embeddings.refused().forEach((row, why) -> refused.merge(row, why, (a, b) -> a + "; " + b));
    return new TeacherOutput(features.rows(), embeddings.rows(), refused);
  }

  public TeacherOutput {
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
  }

  /**
   * The same, for those who can do with nothing less than every row.
   *
   * @throws TeacherException that names the first image that was refused, when one was
   */
  public TeacherOutput complete() {
    if (!refused.isEmpty()) {
      int first = refused.firstKey();
      throw new TeacherException(
          "image " + first + " (one of " + refused.size() + " refused): " + refused.get(first));
    }
    return this;
  }
}
