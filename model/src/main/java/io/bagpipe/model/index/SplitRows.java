package io.bagpipe.model.index;

import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Float32 values in two halves: the nearest bfloat16 (ties away from zero), and what is left of the
 * bits, as a signed 16-bit difference. Together they take exactly the values' own bytes and give
 * them back bit for bit; the first half alone is what a bfloat16 matrix product scans, at half the
 * memory traffic.
 */
final class SplitRows implements VectorRows {
  private final int dimension;
  private final NativeRows high;
  private final NativeRows low;
  private final ShortPointer highs;
  private final ShortPointer lows;
  private final short[] highRow;
  private final short[] lowRow;
  private double largestNorm;
  private double largestResidual;

  SplitRows(long rows, int dimension, long rowsPerBlock) {
    this.dimension = dimension;
    this.high = new NativeRows(rows, 2L * dimension, rowsPerBlock);
    this.low = new NativeRows(rows, 2L * dimension, rowsPerBlock);
    this.highs = new ShortPointer(high.memory());
    this.lows = new ShortPointer(low.memory());
    this.highRow = new short[dimension];
    this.lowRow = new short[dimension];
  }

  private static int nearest(int bits) {
    return (bits + 0x8000) >>> 16;
  }

  private static float rounded(float value) {
    return Float.intBitsToFloat(nearest(Float.floatToRawIntBits(value)) << 16);
  }

  @Override
  public void put(long row, float[] vector) {
    high.touch(row);
    low.touch(row);
    for (int i = 0; i < dimension; i++) {
      int bits = Float.floatToRawIntBits(vector[i]);
      int nearest = nearest(bits);
      highRow[i] = (short) nearest;
      lowRow[i] = (short) (bits - (nearest << 16));
    }
    highs.position(row * dimension).put(highRow, 0, dimension);
    lows.position(row * dimension).put(lowRow, 0, dimension);
    largestNorm = Math.max(largestNorm, Vectors.norm(vector));
    largestResidual = Math.max(largestResidual, residual(vector));
  }

  @Override
  public void get(long row, float[] into) {
    // copies a row at once, which an indexer does value by value
    highs.position(row * dimension).get(highRow, 0, dimension);
    lows.position(row * dimension).get(lowRow, 0, dimension);
    for (int i = 0; i < dimension; i++) {
      into[i] = Float.intBitsToFloat((highRow[i] << 16) + lowRow[i]);
    }
  }

  @Override
  public data_type scannedType() {
    return data_type.bf16;
  }

  @Override
  public Pointer scanned(long row) {
    return high.at(row);
  }

  @Override
  public void round(float[] query, Pointer queries, int row) {
    for (int i = 0; i < dimension; i++) {
      highRow[i] = (short) nearest(Float.floatToRawIntBits(query[i]));
    }
    new ShortPointer(queries).position((long) row * dimension).put(highRow, 0, dimension);
  }

  @Override
  public double residual(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      double left = (double) value - rounded(value);
      sum += left * left;
    }
    return Math.sqrt(sum);
  }

  @Override
  public double largestNorm() {
    return largestNorm;
  }

  @Override
  public double largestResidual() {
    return largestResidual;
  }

  @Override
  public long bytes() {
    return high.bytes() + low.bytes();
  }

  @Override
  public void close() {
    high.close();
    low.close();
  }
}
