package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens whatever holds images. */
public final class ImageSources {
  private static final int HELD_OUT_SHARE = 10;

  private ImageSources() {}

  /**
   * Opens what one would train on: the training files of an IDX directory that has held-out ones,
   * all of anything else.
   *
   * @throws DataSetException when there are no images
   */
  public static ImageSource open(Path path) throws IOException {
    boolean idx = Files.isDirectory(path) && IdxSource.hasOwnSplit(path);
    return open(path, idx ? Split.TRAIN : Split.ALL);
  }

  /**
   * Opens a directory of IDX files, an image folder ({@code class/name.png}, archives among the
   * files included), an IDX file, a zip or tar archive, or one image file.
   *
   * @throws DataSetException when there are no images
   */
  public static ImageSource open(Path path, Split split) throws IOException {
    if (!Files.exists(path)) {
      throw new DataSetException(path + ": no such file or directory");
    }
    if (Files.isDirectory(path)) {
      return IdxSource.isIdxDirectory(path)
          ? IdxSource.openDirectory(path, split)
          : nonEmpty(path, split(FolderSource.open(path), split));
    }
    String name = String.valueOf(path.getFileName());
    if (ImageNames.isArchive(name)) {
      return nonEmpty(path, split(openArchive(path), split));
    }
    if (IdxSource.isIdxImages(name)) {
      return split(IdxSource.openFile(path), split);
    }
    return split(new FileListSource(List.of(path)), split);
  }

  /**
   * Opens several places, one after the other. Beyond one, the ids of what a place holds begin with
   * the place as given: then no two images share one, and a file's is its path in every case.
   *
   * @param split null for what one would train on
   * @throws DataSetException when there are no images in one
   */
  public static ImageSource open(List<Path> places, @Nullable Split split) throws IOException {
    List<ImageSource> sources = new ArrayList<>();
    try {
      for (Path place : places) {
        ImageSource source = split == null ? open(place) : open(place, split);
        boolean holds = places.size() > 1 && !isImageFile(place);
        sources.add(holds ? new PrefixedSource(place + "/", source) : source);
      }
    } catch (IOException e) {
      concat(sources).close();
      throw e;
    }
    return concat(sources);
  }

  private static boolean isImageFile(Path path) {
    String name = String.valueOf(path.getFileName());
    return !Files.isDirectory(path) && !ImageNames.isArchive(name) && !IdxSource.isIdxImages(name);
  }

  /** Plain files in the given order; the ids are the paths as given. */
  public static ImageSource files(List<Path> files) {
    return new FileListSource(files);
  }

  /** One source after the other. Closing it closes them all. */
  public static ImageSource concat(List<ImageSource> sources) {
    return sources.size() == 1 ? sources.get(0) : new ConcatSource(sources);
  }

  static ImageSource openArchive(Path path) throws IOException {
    return ImageNames.isZip(String.valueOf(path.getFileName()))
        ? ArchiveSource.of(new ZipArchive(path))
        : ArchiveSource.of(new TarArchive(path));
  }

  /** Part of a source that knows no held-out images of its own. */
  static ImageSource split(ImageSource source, Split split) {
    if (split == Split.ALL) {
      return source;
    }
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < source.size(); i++) {
      if (isHeldOut(source.id(i)) == (split == Split.HELD_OUT)) {
        chosen.add(i);
      }
    }
    return new SubsetSource(source, chosen.stream().mapToInt(Integer::intValue).toArray());
  }

  private static boolean isHeldOut(String id) {
    return Long.remainderUnsigned(IdHash.of(id), HELD_OUT_SHARE) == 0;
  }

  /** Some images of another source, which the new one owns, in this order. */
  public static ImageSource subset(ImageSource source, int[] chosen) {
    return new SubsetSource(source, chosen);
  }

  private static ImageSource nonEmpty(Path path, ImageSource source) throws IOException {
    if (source.size() == 0) {
      source.close();
      throw new DataSetException(
          path
              + ": no images found; expected IDX files (train-images-idx3-ubyte.gz), class/name.png,"
              + " or archives of such");
    }
    return source;
  }
}
