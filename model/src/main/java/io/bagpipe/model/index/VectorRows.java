package io.bagpipe.model.index;

import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.javacpp.Pointer;

/**
 * Vectors in native memory, one a row, in a layout that a matrix product can scan where it lies.
 * Every layout keeps each float32 value exactly; what is scanned may be a rounding of it, and
 * {@link #residual} says how far off. Confined to one thread; whoever makes it closes it.
 */
interface VectorRows extends AutoCloseable {
  /** Keeps a vector in a row, over what was there. */
  void put(long row, float[] vector);

  /** The row's vector, exactly. */
  void get(long row, float[] into);

  /** The type of {@link #scanned}. */
  data_type scannedType();

  /** Where the scanned values from this row on lie: rows of dimension values, row-major. */
  Pointer scanned(long row);

  /** Writes a query's values as scanned, row-major from the given row of the memory. */
  void round(float[] query, Pointer queries, int row);

  /** Euclidean norm of what scanning leaves out of this vector. */
  double residual(float[] vector);

  /** The largest norm, and the largest residual, of any vector that was ever put. */
  double largestNorm();

  double largestResidual();

  /** Native bytes held. */
  long bytes();

  @Override
  void close();
}
