package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The images of an archive. The label is in a file beside the image ({@code name.cls}, as in
 * WebDataset's shards), or else is the first directory of its name.
 */
final class ArchiveSource implements ImageSource {
  private static final int LONGEST_LABEL = 256;

  private final Archive archive;
  private final List<Archive.Entry> images;
  private final Map<String, Archive.Entry> labels;
  private final List<String> skipped;

  private ArchiveSource(
      Archive archive,
      List<Archive.Entry> images,
      Map<String, Archive.Entry> labels,
      List<String> skipped) {
    this.archive = archive;
    this.images = List.copyOf(images);
    this.labels = Map.copyOf(labels);
    this.skipped = List.copyOf(skipped);
  }

  /** Takes the archive over. */
  static ArchiveSource of(Archive archive) throws IOException {
    List<Archive.Entry> images = new ArrayList<>();
    Map<String, Archive.Entry> labels = new HashMap<>();
    List<String> skipped = new ArrayList<>();
    for (Archive.Entry entry : archive.entries()) {
      String name = entry.name();
      if (leadsOut(name)) {
        skipped.add(name + ": a name that leads out of the archive");
      } else if (ImageNames.isImage(name)) {
        images.add(entry);
      } else if (ImageNames.isLabel(name) && entry.length() <= LONGEST_LABEL) {
        labels.put(sample(name), entry);
      } else if (!ImageNames.isText(name) && looksLikeImage(archive, entry)) {
        images.add(entry);
      } else {
        skipped.add(name + ": not an image, by name and first bytes");
      }
    }
    return new ArchiveSource(archive, unique(images, skipped), labels, skipped);
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public String id(int index) {
    return images.get(index).name();
  }

  @Override
  public @Nullable String label(int index) throws IOException {
    String name = images.get(index).name();
    Archive.Entry beside = labels.get(sample(name));
    return beside == null
        ? FolderSource.labelOf(name)
        : new String(archive.read(beside), StandardCharsets.UTF_8).strip();
  }

  @Override
  public long length(int index) {
    return images.get(index).length();
  }

  @Override
  public byte[] read(int index) throws IOException {
    return archive.read(images.get(index));
  }

  @Override
  public List<String> skipped() {
    return skipped;
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }

  /** WebDataset's key: the name up to the first dot after the last directory. */
  private static String sample(String name) {
    int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static boolean leadsOut(String name) {
    return name.startsWith("/") || ("/" + name + "/").contains("/../");
  }

  private static boolean looksLikeImage(Archive archive, Archive.Entry entry) {
    try {
      byte[] start = archive.start(entry, ImageNames.SNIFFED);
      return ImageNames.looksLikeImage(start, start.length);
    } catch (IOException e) {
      return false;
    }
  }

  /** An archive may hold a name twice; the last one counts, as when it is unpacked. */
  private static List<Archive.Entry> unique(List<Archive.Entry> images, List<String> skipped) {
    Map<String, Archive.Entry> last = new HashMap<>();
    images.forEach(e -> last.put(e.name(), e));
    List<Archive.Entry> kept = new ArrayList<>();
    for (Archive.Entry e : images) {
      if (e.equals(last.get(e.name()))) {
        kept.add(e);
      } else {
        skipped.add(e.name() + ": in the archive again, further on");
      }
    }
    return kept;
  }
}
