package io.bagpipe.model.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip archive. */
final class ZipArchive implements Archive {
  private final Path path;
  private final ZipFile zip;
  private final List<ZipEntry> files;
  private final List<Entry> entries = new ArrayList<>();

  ZipArchive(Path path) throws IOException {
    this.path = path;
    try {
      this.zip = new ZipFile(path.toFile());
    } catch (ZipException e) {
      throw new DataSetException(path + ": not a zip archive: " + e.getMessage(), e);
    }
    this.files = zip.stream().filter(e -> !e.isDirectory()).<ZipEntry>map(e -> e).toList();
    for (int i = 0; i < files.size(); i++) {
      entries.add(new Entry(files.get(i).getName(), i, files.get(i).getSize()));
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public byte[] read(Entry entry) throws IOException {
    try (InputStream in = zip.getInputStream(files.get((int) entry.position()))) {
      // The directory's size can lie: never take more than it says.
      byte[] bytes = in.readNBytes(Archive.checkedLength(entry));
      if (bytes.length != entry.length() || in.read() >= 0) {
        throw new DataSetException(
            path + ": " + entry.name() + ": not as long as the archive says");
      }
      return bytes;
    } catch (ZipException e) {
      throw new DataSetException(path + ": " + entry.name() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] start(Entry entry, int bytes) throws IOException {
    try (InputStream in = zip.getInputStream(files.get((int) entry.position()))) {
      return in.readNBytes(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
