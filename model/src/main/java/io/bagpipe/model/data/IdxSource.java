package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images of an IDX file with the labels of the file beside it; each is encoded as PNG when it is
 * read. The ids are {@code train-00042}.
 */
final class IdxSource implements ImageSource {
  /** {@code train-images-idx3-ubyte.gz}, {@code t10k-images.idx3-ubyte}, and with RGB idx4. */
  private static final Pattern IMAGES =
      Pattern.compile("(.*)images([-.])idx[34]([-.])ubyte(\\.gz)?");

  private final String name;
  private final IdxFile images;
  private final @Nullable IdxFile labels;
  private final PngWriter png = new PngWriter();

  private IdxSource(String name, IdxFile images, @Nullable IdxFile labels) {
    this.name = name;
    this.images = images;
    this.labels = labels;
  }

  static boolean isIdxImages(String fileName) {
    return IMAGES.matcher(fileName).matches();
  }

  static boolean isIdxDirectory(Path directory) throws IOException {
    return !imageFiles(directory).isEmpty();
  }

  /** Whether there are held-out files beside the training ones. */
  static boolean hasOwnSplit(Path directory) throws IOException {
    List<Path> files = imageFiles(directory);
    return files.size() > 1 && files.stream().anyMatch(IdxSource::isHeldOut);
  }

  /** The t10k file is what is held out; without one, a tenth of each file. */
  static ImageSource openDirectory(Path directory, Split split) throws IOException {
    List<Path> files = imageFiles(directory);
    boolean ownSplit = hasOwnSplit(directory);
    List<ImageSource> sources = new ArrayList<>();
    try {
      for (Path file : files) {
        if (split == Split.ALL || !ownSplit || isHeldOut(file) == (split == Split.HELD_OUT)) {
          sources.add(openFile(file));
        }
      }
    } catch (IOException e) {
      new ConcatSource(sources).close();
      throw e;
    }
    ImageSource all = ImageSources.concat(sources);
    return ownSplit ? all : ImageSources.split(all, split);
  }

  static IdxSource openFile(Path file) throws IOException {
    String fileName = String.valueOf(file.getFileName());
    Matcher matcher = IMAGES.matcher(fileName);
    String stem = matcher.matches() ? String.valueOf(matcher.group(1)) : fileName;
    IdxFile images = new IdxFile(file, 3, 4);
    try {
      int[] shape = images.shape();
      if (shape.length == 4 && shape[3] != 3) {
        throw new DataSetException(
            file + ": " + shape[3] + " channels; expected 3, or grey images");
      }
      Path beside = labelFile(file);
      IdxFile labels = beside == null ? null : new IdxFile(beside, 1, 1);
      if (labels != null && labels.size() != images.size()) {
        labels.close();
        throw new DataSetException(
            beside + ": " + labels.size() + " labels for " + images.size() + " images in " + file);
      }
      return new IdxSource(stem.replaceAll("[-_.]+$", ""), images, labels);
    } catch (IOException e) {
      images.close();
      throw e;
    }
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public String id(int index) {
    return (name.isEmpty() ? "image" : name) + String.format(Locale.ROOT, "-%05d", index);
  }

  @Override
  public @Nullable String label(int index) throws IOException {
    return labels == null ? null : Integer.toString(labels.item(index)[0] & 0xff);
  }

  @Override
  public long length(int index) {
    int[] shape = images.shape();
    // Raw pixels, and what PNG adds when they do not compress.
    long pixels = (long) shape[1] * shape[2] * (shape.length == 4 ? 3 : 1);
    return pixels + shape[1] + pixels / 1000 + 128;
  }

  @Override
  public byte[] read(int index) throws IOException {
    int[] shape = images.shape();
    return png.encode(images.item(index), 0, shape[2], shape[1], shape.length == 4 ? 3 : 1);
  }

  @Override
  public void close() throws IOException {
    png.close();
    try (images) {
      if (labels != null) {
        labels.close();
      }
    }
  }

  private static boolean isHeldOut(Path file) {
    String fileName = String.valueOf(file.getFileName());
    return fileName.startsWith("t10k") || fileName.startsWith("test");
  }

  /** Training files first; of a plain and a compressed one of the same name, the plain one. */
  private static List<Path> imageFiles(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      List<Path> files =
          listed
              .filter(p -> isIdxImages(String.valueOf(p.getFileName())) && Files.isRegularFile(p))
              .sorted()
              .toList();
      return Stream.concat(
              files.stream().filter(p -> !isHeldOut(p)),
              files.stream().filter(IdxSource::isHeldOut))
          .filter(
              p -> {
                String fileName = String.valueOf(p.getFileName());
                return !fileName.endsWith(".gz")
                    || !files.contains(
                        p.resolveSibling(fileName.substring(0, fileName.length() - 3)));
              })
          .toList();
    }
  }

  private static @Nullable Path labelFile(Path images) {
    Matcher m = IMAGES.matcher(String.valueOf(images.getFileName()));
    if (!m.matches()) {
      return null;
    }
    String plain = m.group(1) + "labels" + m.group(2) + "idx1" + m.group(3) + "ubyte";
    for (String candidate : List.of(plain, plain + ".gz")) {
      Path file = images.resolveSibling(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }
}
