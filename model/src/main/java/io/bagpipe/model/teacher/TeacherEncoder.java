package io.bagpipe.model.teacher;

/**
 * A frozen teacher. Confined to one thread. Results for an image do not depend on what else is in
 * the call: the same pixels give the same bits. Its text says what runs it: engine, device,
 * precision.
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

  @Override
  void close();
}
