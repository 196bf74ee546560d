package io.bagpipe.model.index;

import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/** Float32 values as they are: for processors without bfloat16 products. */
final class PlainRows implements VectorRows {
  private final int dimension;
  private final NativeRows rows;
  private final FloatIndexer values;
  private double largestNorm;

  PlainRows(long rows, int dimension, long rowsPerBlock) {
    this.dimension = dimension;
    this.rows = new NativeRows(rows, 4L * dimension, rowsPerBlock);
    this.values = FloatIndexer.create(new FloatPointer(this.rows.memory()));
  }

  @Override
  public void put(long row, float[] vector) {
    rows.touch(row);
    values.put(row * dimension, vector, 0, dimension);
    largestNorm = Math.max(largestNorm, Vectors.norm(vector));
  }

  @Override
  public void get(long row, float[] into) {
    values.get(row * dimension, into, 0, dimension);
  }

  @Override
  public data_type scannedType() {
    return data_type.f32;
  }

  @Override
  public Pointer scanned(long row) {
    return rows.at(row);
  }

  @Override
  public void round(float[] query, Pointer queries, int row) {
    new FloatPointer(queries).position((long) row * dimension).put(query, 0, dimension);
  }

  @Override
  public double residual(float[] vector) {
    return 0;
  }

  @Override
  public double largestNorm() {
    return largestNorm;
  }

  @Override
  public double largestResidual() {
    return 0;
  }

  @Override
  public long bytes() {
    return rows.bytes();
  }

  @Override
  public void close() {
    rows.close();
  }
}
