package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** An IDX file of unsigned bytes (LeCun's format of MNIST), plain or compressed with gzip. */
final class IdxFile implements AutoCloseable {
  private static final int UNSIGNED_BYTE = 8;

  private final Inflated file;
  private final int[] shape;
  private final int headerLength;
  private final int itemLength;

  /**
   * Opens and checks a file.
   *
   * @param leastDimensions fewest dimensions that are wanted, the number of items among them
   * @param mostDimensions most of them
   */
  IdxFile(Path path, int leastDimensions, int mostDimensions) throws IOException {
    this.file = new Inflated(path);
    try {
      this.shape = shape(path, file, leastDimensions, mostDimensions);
      this.headerLength = 4 + 4 * shape.length;
      long item = 1;
      for (int i = 1; i < shape.length; i++) {
        item *= shape[i];
        check(item <= 1 << 28, path + ": items of " + Arrays.toString(shape) + " are too large");
      }
      this.itemLength = (int) item;
      long expected = headerLength + item * shape[0];
      check(
          file.size() >= expected,
          path
              + ": truncated: "
              + file.size()
              + " bytes where "
              + Arrays.toString(shape)
              + " needs "
              + expected);
      check(
          file.size() == expected,
          path
              + ": "
              + file.size()
              + " bytes where "
              + Arrays.toString(shape)
              + " needs "
              + expected);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Number of items, then the dimensions of one. */
  int[] shape() {
    return shape.clone();
  }

  int size() {
    return shape[0];
  }

  byte[] item(int index) throws IOException {
    return file.read(headerLength + (long) index * itemLength, itemLength);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static int[] shape(Path path, Inflated file, int least, int most) throws IOException {
    check(file.size() >= 8, path + ": truncated: " + file.size() + " bytes are no IDX file");
    byte[] magic = file.read(0, 4);
    int dimensions = magic[3] & 0xff;
    check(
        magic[0] == 0
            && magic[1] == 0
            && magic[2] == UNSIGNED_BYTE
            && dimensions >= least
            && dimensions <= most,
        String.format(
            "%s: magic number 0x%08x; expected an IDX file of bytes, 0x%08x",
            path, ByteBuffer.wrap(magic).getInt(), UNSIGNED_BYTE << 8 | least));
    ByteBuffer sizes = ByteBuffer.wrap(file.read(4, 4 * dimensions));
    int[] shape = new int[dimensions];
    for (int i = 0; i < dimensions; i++) {
      shape[i] = sizes.getInt();
      check(shape[i] > 0, path + ": dimension " + i + " is " + shape[i] + "; expected 1 or more");
    }
    return shape;
  }

  private static void check(boolean ok, String message) throws DataSetException {
    if (!ok) {
      throw new DataSetException(message);
    }
  }
}
