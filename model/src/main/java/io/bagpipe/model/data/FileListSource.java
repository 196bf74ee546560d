package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plain files without labels. */
final class FileListSource implements ImageSource {
  private final List<Path> files;

  FileListSource(List<Path> files) {
    this.files = List.copyOf(files);
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public String id(int index) {
    return files.get(index).toString();
  }

  @Override
  public @Nullable String label(int index) {
    return null;
  }

  @Override
  public long length(int index) throws IOException {
    Path file = files.get(index);
    long size = Files.size(file);
    // A device or a pipe has no size, and might never end.
    if (!Files.isRegularFile(file)) {
      throw new DataSetException(file + ": not a regular file");
    }
    return size;
  }

  @Override
  public byte[] read(int index) throws IOException {
    return Files.readAllBytes(files.get(index));
  }

  @Override
  public void close() {
    // holds nothing open
  }
}
