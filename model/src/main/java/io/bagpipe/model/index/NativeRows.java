package io.bagpipe.model.index;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Zeroed native memory for rows of one size. Its pages are touched block by block, as rows come
 * into use, so that a young window costs little. Confined to one thread; whoever makes it closes
 * it.
 */
final class NativeRows implements AutoCloseable {
  private final BytePointer memory;
  private final long rowBytes;
  private final long rows;
  private final long rowsPerBlock;
  private long zeroed;

  NativeRows(long rows, long rowBytes, long rowsPerBlock) {
    this.rows = rows;
    this.rowBytes = rowBytes;
    this.rowsPerBlock = rowsPerBlock;
    this.memory = new BytePointer(rows * rowBytes);
  }

  /** Makes sure that the block of this row, and all before it, hold numbers. */
  void touch(long row) {
    if (row < zeroed) {
      return;
    }
    long end = Math.min(rows, (row / rowsPerBlock + 1) * rowsPerBlock);
    Pointer.memset(at(zeroed), 0, (end - zeroed) * rowBytes);
    zeroed = end;
  }

  /** A row's address; the memory stays this object's. */
  BytePointer at(long row) {
    return new BytePointer(memory).position(row * rowBytes);
  }

  /** All of it, for an indexer. */
  BytePointer memory() {
    return memory;
  }

  long bytes() {
    return rows * rowBytes;
  }

  @Override
  public void close() {
    memory.close();
  }
}
