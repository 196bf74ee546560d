package io.bagpipe.model.data;

import java.io.IOException;
import java.util.List;

/** The files of an archive, any of which can be read at any time. Owned by its source. */
interface Archive extends AutoCloseable {
  /**
   * A file.
   *
   * @param name with {@code /} between directories
   * @param position what the archive finds it by
   */
  record Entry(String name, long position, long length) {}

  /** All regular files, in the archive's order. */
  List<Entry> entries();

  byte[] read(Entry entry) throws IOException;

  @Override
  void close() throws IOException;
}
