package io.bagpipe.model.teacher;

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
   * Encodes a batch. An image without a usable answer is refused by its row and spoils nobody
   * else's; {@link TeacherOutput#complete} is for those who need every row.
   *
   * @param indexViews uint8 [count, size, size, 3]
   * @param keyViews uint8 [count, size, size, 3]
   * @throws TeacherException when the teacher as a whole fails
   */
  TeacherOutput encode(byte[] indexViews, byte[] keyViews, int count);

  @Override
  void close();
}
