package io.bagpipe.model.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run, in one directory: {@code checkpoint-STEP.safetensors}, the last few
 * kept, and {@code best.safetensors} beside them. A checkpoint is written aside, forced to the
 * disk, renamed, and the directory forced, so that at any moment every file of that name is whole;
 * what a disk does to it later is found by its checksum. One writer at a time, on any thread;
 * readers may be in other processes.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final Pattern NAME = Pattern.compile("checkpoint-\\d{12,}\\.safetensors");
  private static final String BEST = "best.safetensors";
  private static final String ASIDE = ".part";
  private static final String SUPERSEDED = ".superseded";

  private final Path directory;
  private final int keepLast;

  /** A file that was passed over, and why. */
  public record Torn(Path file, String why) {}

  /**
   * What a start goes on from.
   *
   * @param checkpoint the newest intact one; null when there is none
   * @param file where it lies; null when there is none
   * @param passedOver newer files that are not intact, newest first
   */
  public record Recovery(
      @Nullable Checkpoint checkpoint, @Nullable Path file, List<Torn> passedOver) {}

  public CheckpointStore(Path directory, int keepLast) {
    if (keepLast < 1) {
      throw new IllegalArgumentException("keep the last " + keepLast + "; valid: 1 or more");
    }
    this.directory = directory;
    this.keepLast = keepLast;
  }

  /**
   * Writes a checkpoint and then lets go of older ones. When it fails, everything that was there
   * before is there still.
   *
   * @return the file
   * @throws CheckpointException when it cannot be written
   */
  public Path save(Checkpoint checkpoint) {
    return save(checkpoint, bytes -> {});
  }

  /**
   * As {@link #save(Checkpoint)}.
   *
   * @param progress told how many bytes are written, again and again
   */
  public Path save(Checkpoint checkpoint, LongConsumer progress) {
    try {
      Files.createDirectories(directory);
      removeLeftovers();
      Path file = publish(writeAside(checkpoint, progress), fileOf(checkpoint.info().step()));
      keepBest(file, checkpoint.info().metrics());
      forceDirectory();
      retain(file);
      return file;
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot write a checkpoint of step "
              + checkpoint.info().step()
              + " to "
              + directory
              + ": "
              + e
              + "; the ones before it are untouched",
          e);
    }
  }

  /**
   * The newest checkpoint that is intact. Changes nothing on the disk.
   *
   * @throws CheckpointException when the newest intact one is of a version that this program does
   *     not read: going back to an older one would lose work silently
   */
  public Recovery latestIntact() {
    return latestIntact(bytes -> {});
  }

  /**
   * As {@link #latestIntact()}.
   *
   * @param progress told how many bytes of a file are read, again and again
   */
  public Recovery latestIntact(LongConsumer progress) {
    List<Torn> passedOver = new ArrayList<>();
    List<Path> files = files();
    for (int i = files.size() - 1; i >= 0; i--) {
      Path file = files.get(i);
      try {
        return new Recovery(CheckpointFile.read(file, progress), file, List.copyOf(passedOver));
      } catch (TornCheckpointException e) {
        LOG.atWarn().addKeyValue("file", file).log("checkpoint passed over: {}", e.getMessage());
        passedOver.add(new Torn(file, String.valueOf(e.getMessage())));
      }
    }
    return new Recovery(null, null, List.copyOf(passedOver));
  }

  /** The checkpoints, oldest first, intact or not; {@code best} is not among them. */
  public List<Path> files() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> listed = Files.list(directory)) {
      return listed
          .filter(file -> NAME.matcher(nameOf(file)).matches())
          .sorted(Comparator.comparingLong(CheckpointStore::stepOf))
          .toList();
    } catch (IOException e) {
      throw new CheckpointException("cannot list checkpoints in " + directory + ": " + e, e);
    }
  }

  /** The best checkpoint, by kNN or else by loss; null when there is none. */
  public @Nullable Path best() {
    Path best = directory.resolve(BEST);
    return Files.exists(best) ? best : null;
  }

  /** Writes and forces a file that no reader looks at. */
  Path writeAside(Checkpoint checkpoint, LongConsumer progress) throws IOException {
    Path aside = directory.resolve(nameOf(fileOf(checkpoint.info().step())) + ASIDE);
    boolean whole = false;
    try {
      CheckpointFile.write(checkpoint, aside, progress);
      whole = true;
      return aside;
    } finally {
      if (!whole) {
        Files.deleteIfExists(aside);
      }
    }
  }

  private Path publish(Path aside, Path file) throws IOException {
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory();
    return file;
  }

  private void keepBest(Path file, Metrics metrics) throws IOException {
    Path best = directory.resolve(BEST);
    if (Files.exists(best) && !metrics.atLeastAsGoodAs(metricsOf(best))) {
      return;
    }
    Path aside = directory.resolve(BEST + ASIDE);
    Files.deleteIfExists(aside);
    try {
      Files.createLink(aside, file);
    } catch (UnsupportedOperationException | IOException e) {
      LOG.debug("no hard links in {}: copying", directory, e);
      Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel copy = FileChannel.open(aside, StandardOpenOption.WRITE)) {
        copy.force(true);
      }
    }
    // two links to one file are left alone by a rename, so the old one goes first
    if (Files.exists(best) && Files.isSameFile(best, file)) {
      Files.delete(aside);
    } else {
      Files.move(aside, best, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Metrics metricsOf(Path best) {
    try {
      return CheckpointFile.readInfo(best).metrics();
    } catch (CheckpointException e) {
      LOG.warn("the best checkpoint is replaced: {}", e.getMessage());
      return Metrics.NONE;
    }
  }

  /**
   * Keeps the last few up to the new file. A file of a later step is none of this run's line: the
   * run went back behind it, because it was torn. It is set aside under another name.
   */
  private void retain(Path newest) throws IOException {
    List<Path> files = files();
    int last = files.indexOf(newest);
    for (Path later : files.subList(last + 1, files.size())) {
      LOG.atWarn().addKeyValue("file", later).log("checkpoint of an abandoned line set aside");
      Files.move(
          later,
          directory.resolve(nameOf(later) + SUPERSEDED),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    for (Path old : files.subList(0, Math.max(0, last + 1 - keepLast))) {
      Files.deleteIfExists(old);
    }
  }

  private void removeLeftovers() throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      for (Path leftover : listed.filter(file -> nameOf(file).endsWith(ASIDE)).toList()) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }

  private Path fileOf(long step) {
    return directory.resolve("checkpoint-%012d.safetensors".formatted(step));
  }

  private static long stepOf(Path file) {
    String name = nameOf(file);
    return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')));
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName());
  }
}
