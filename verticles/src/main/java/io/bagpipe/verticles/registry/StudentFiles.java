package io.bagpipe.verticles.registry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the students that the registry knows, {@code students/ID.safetensors} in the
 * directory of checkpoints: whole checkpoints, a second name of what the checkpoints' rotation lets
 * go of. A file is there before the log names it, and goes only when the log does not name it any
 * more. One writer at a time, on any thread; readers may be in other processes.
 */
public class StudentFiles {
  private static final Logger LOG = LoggerFactory.getLogger(StudentFiles.class);
  private static final String DIRECTORY = "students";
  private static final String ENDING = ".safetensors";
  private static final String ASIDE = ".part";
  private static final Pattern OURS =
      Pattern.compile("(\\d+-[0-9a-f]{8})(\\.safetensors|\\.json)(\\.part)?");

  private final Path checkpoints;
  private final Path directory;

  /**
   * @param checkpoints the directory of checkpoints
   */
  public StudentFiles(Path checkpoints) {
    this.checkpoints = checkpoints;
    this.directory = checkpoints.resolve(DIRECTORY);
  }

  /** How a record names a student's file: within the directory of checkpoints. */
  static String nameOf(String id) {
    return DIRECTORY + "/" + id + ENDING;
  }

  /** Where a file is that a record names. */
  public Path resolve(String name) {
    return checkpoints.resolve(name);
  }

  /** What is known of a student, beside its file. */
  public Path beside(String id) {
    return directory.resolve(id + ".json");
  }

  /**
   * Keeps a checkpoint for as long as the registry wants it; on the disk when this returns. One
   * that is kept under the id already is replaced.
   *
   * @return how a record names it
   */
  String keep(Path checkpoint, String id) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(id + ENDING);
    Path aside = directory.resolve(id + ENDING + ASIDE);
    Files.deleteIfExists(aside);
    try {
      Files.createLink(aside, checkpoint);
    } catch (UnsupportedOperationException | IOException e) {
      LOG.debug("no hard links in {}: copying", directory, e);
      Files.copy(checkpoint, aside, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel copy = FileChannel.open(aside, StandardOpenOption.WRITE)) {
        copy.force(true);
      }
    }
    // two links to one file are left alone by a rename
    if (Files.exists(file) && Files.isSameFile(file, aside)) {
      Files.delete(aside);
    } else {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    force();
    return nameOf(id);
  }

  /** Writes what is known of a student beside its file, for those who have the files alone. */
  void describe(String id, String json) throws IOException {
    if (!Files.exists(directory.resolve(id + ENDING))) {
      return; // it is on another host
    }
    Path aside = directory.resolve(id + ".json" + ASIDE);
    Files.writeString(aside, json);
    Files.move(
        aside, beside(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Lets go of a student's files. */
  void drop(Set<String> ids) throws IOException {
    for (String id : ids) {
      Files.deleteIfExists(directory.resolve(id + ENDING));
      Files.deleteIfExists(beside(id));
    }
  }

  /**
   * Lets go of all files but those of these ids, and of what a write that was killed left; what is
   * none of ours stays. At a start, before anything is kept.
   */
  void retain(Set<String> ids) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> listed = Files.list(directory)) {
      for (Path file : listed.toList()) {
        var name = OURS.matcher(String.valueOf(file.getFileName()));
        if (name.matches() && (!ids.contains(name.group(1)) || name.group(3) != null)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Students whose files are there. */
  int count() throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> listed = Files.list(directory)) {
      return (int)
          listed
              .map(file -> OURS.matcher(String.valueOf(file.getFileName())))
              .filter(
                  name -> name.matches() && name.group(2).equals(ENDING) && name.group(3) == null)
              .count();
    }
  }

  private void force() throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }
}
