package io.bagpipe.model.data;

import java.io.IOException;
import java.util.List;

/** The files of an archive, any of which can be read at any time. Owned by its source. */
interface Archive extends AutoCloseable {
  /** No image is larger. */
  int LONGEST = 1 << 30;

  /**
   * A file.
   *
   * @param name with {@code /} between directories
   * @param position what the archive finds it by
   */
  record Entry(String name, long position, long length) {}

  /** All regular files, in the archive's order. */
  List<Entry> entries();

  /**
   * The whole of a file.
   *
   * @throws DataSetException also when it is not as long as the archive says, or over {@link
   *     #LONGEST}
   */
  byte[] read(Entry entry) throws IOException;

  /** The first bytes of a file; fewer where it is shorter. */
  byte[] start(Entry entry, int bytes) throws IOException;

  /** The length of a file as a number of bytes that can be read. */
  static int checkedLength(Entry entry) throws DataSetException {
    if (entry.length() < 0 || entry.length() > LONGEST) {
      throw new DataSetException(
          entry.name() + ": " + entry.length() + " bytes long, by what the archive says");
    }
    return (int) entry.length();
  }

  @Override
  void close() throws IOException;
}
