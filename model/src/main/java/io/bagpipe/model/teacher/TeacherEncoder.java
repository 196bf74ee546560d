package io.bagpipe.model.teacher;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A frozen teacher. Confined to one thread. Results for an image do not depend on what else is in
 * the call: the same pixels give the same bits.
 */
public interface TeacherEncoder extends AutoCloseable {
  /** Side of the input views, pixels. */
  int inputSize();

  int featureDimension();

  int embeddingDimension();

  /**
   * The features of index views. An image without a usable answer is refused by its row and spoils
   * nobody else's.
   *
   * @param views uint8 [count, size, size, 3]
   * @return [count, featureDimension]
   * @throws TeacherException when the teacher as a whole fails
   */
  UnitRows features(byte[] views, int count);

  /**
   * The embeddings of views; as {@link #features}.
   *
   * @return [count, embeddingDimension]
   */
  UnitRows embeddings(byte[] views, int count);

  /**
   * Encodes a batch. An image without a usable answer is refused by its row and spoils nobody
   * else's; {@link TeacherOutput#complete} is for those who need every row.
   *
   * @param indexViews uint8 [count, size, size, 3]
   * @param keyViews uint8 [count, size, size, 3]
   * @throws TeacherException when the teacher as a whole fails
   */
  default TeacherOutput encode(byte[] indexViews, byte[] keyViews, int count) {
    UnitRows features = features(indexViews, count);
    UnitRows embeddings = embeddings(keyViews, count);
    SortedMap<Integer, String> refused = new TreeMap<>(features.refused());
    embeddings.refused().forEach((row, why) -> refused.merge(row, why, (a, b) -> a + "; " + b));
    return new TeacherOutput(features.rows(), embeddings.rows(), refused);
  }

  @Override
  void close();
}
