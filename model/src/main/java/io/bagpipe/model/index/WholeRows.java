package io.bagpipe.model.index;

import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Another layout's vectors as float32, put together block by block when a block is scanned: slower
 * by far than scanning halves, and free of their rounding. A view: it takes no vectors of its own.
 */
final class WholeRows implements VectorRows {
  private final VectorRows vectors;
  private final int dimension;
  private final int blockRows;
  private final FloatPointer block;
  private final FloatIndexer values;
  private final float[] row;

  WholeRows(VectorRows vectors, int dimension, int blockRows) {
    this.vectors = vectors;
    this.dimension = dimension;
    this.blockRows = blockRows;
    this.block = new FloatPointer((long) blockRows * dimension);
    this.values = FloatIndexer.create(block);
    this.row = new float[dimension];
  }

  @Override
  public void put(long at, float[] vector) {
    throw new UnsupportedOperationException("a view takes no vectors");
  }

  @Override
  public void get(long at, float[] into) {
    vectors.get(at, into);
  }

  @Override
  public data_type scannedType() {
    return data_type.f32;
  }

  /** The block from this row on; overwritten by the next. */
  @Override
  public Pointer scanned(long first) {
    for (long i = 0; i < blockRows; i++) {
      vectors.get(first + i, row);
      values.put(i * dimension, row, 0, dimension);
    }
    return block;
  }

  @Override
  public void round(float[] query, Pointer queries, int at) {
    new FloatPointer(queries).position((long) at * dimension).put(query, 0, dimension);
  }

  @Override
  public double residual(float[] vector) {
    return 0;
  }

  @Override
  public double largestNorm() {
    return vectors.largestNorm();
  }

  @Override
  public double largestResidual() {
    return 0;
  }

  @Override
  public long bytes() {
    return (long) blockRows * dimension * Float.BYTES;
  }

  @Override
  public void close() {
    block.close();
  }
}
