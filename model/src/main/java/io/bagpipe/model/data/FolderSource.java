package io.bagpipe.model.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An image folder: the ids are relative paths, the label is the first directory on the way ({@code
 * class/name.png}). Symbolic links that lead out of the folder are not followed.
 */
final class FolderSource implements ImageSource {
  private final Path root;
  private final List<String> names;
  private final List<String> skipped;

  private FolderSource(Path root, List<String> names, List<String> skipped) {
    this.root = root;
    this.names = names;
    this.skipped = skipped;
  }

  /** The images of the folder, then those of each archive in it. */
  static ImageSource open(Path root) throws IOException {
    Walk walk = new Walk(root.toRealPath());
    walk.visit(root, "", List.of());
    walk.names.sort(Comparator.naturalOrder());
    walk.archives.sort(Comparator.naturalOrder());
    List<ImageSource> sources = new ArrayList<>();
    try {
      for (String archive : walk.archives) {
        try {
          sources.add(
              new PrefixedSource(archive + "/", ImageSources.openArchive(root.resolve(archive))));
        } catch (DataSetException e) {
          // One that is damaged does not keep the others back.
          walk.skipped.add(e.getMessage());
        }
      }
      sources.add(0, new FolderSource(root, List.copyOf(walk.names), List.copyOf(walk.skipped)));
    } catch (IOException e) {
      new ConcatSource(sources).close();
      throw e;
    }
    return ImageSources.concat(sources);
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public String id(int index) {
    return names.get(index);
  }

  @Override
  public @Nullable String label(int index) {
    return labelOf(names.get(index));
  }

  static @Nullable String labelOf(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? null : name.substring(0, slash);
  }

  @Override
  public long length(int index) throws IOException {
    return Files.size(root.resolve(names.get(index)));
  }

  @Override
  public byte[] read(int index) throws IOException {
    return Files.readAllBytes(root.resolve(names.get(index)));
  }

  @Override
  public List<String> skipped() {
    return skipped;
  }

  @Override
  public void close() {
    // holds nothing open
  }

  private static final class Walk {
    private final Path realRoot;
    private final List<String> names = new ArrayList<>();
    private final List<String> archives = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    Walk(Path realRoot) {
      this.realRoot = realRoot;
    }

    void visit(Path directory, String prefix, List<Path> above) throws IOException {
      Path real = directory.toRealPath();
      if (above.contains(real)) {
        skipped.add(prefix + ": a symbolic link in a circle");
        return;
      }
      List<Path> here = Stream.concat(above.stream(), Stream.of(real)).toList();
      List<Path> children;
      try (Stream<Path> listed = Files.list(directory)) {
        children = listed.toList();
      }
      for (Path child : children) {
        String name = prefix + child.getFileName();
        if (Files.isSymbolicLink(child) && leadsOut(child, name)) {
          continue;
        }
        if (Files.isDirectory(child)) {
          visit(child, name + "/", here);
        } else {
          file(child, name);
        }
      }
    }

    private boolean leadsOut(Path link, String name) throws IOException {
      if (!Files.exists(link)) {
        skipped.add(name + ": a symbolic link to nothing");
        return true;
      }
      if (!link.toRealPath().startsWith(realRoot)) {
        skipped.add(name + ": a symbolic link out of the folder");
        return true;
      }
      return false;
    }

    private void file(Path file, String name) throws IOException {
      if (!Files.isRegularFile(file)) {
        skipped.add(name + ": not a regular file");
      } else if (ImageNames.isImage(name)) {
        names.add(name);
      } else if (ImageNames.isArchive(name)) {
        archives.add(name);
      } else if (looksLikeImage(file)) {
        names.add(name);
      } else {
        skipped.add(name + ": not an image, by name and first bytes");
      }
    }

    private static boolean looksLikeImage(Path file) throws IOException {
      if (!Files.isReadable(file)) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] start = in.readNBytes(ImageNames.SNIFFED);
        return ImageNames.looksLikeImage(start, start.length);
      }
    }
  }
}
