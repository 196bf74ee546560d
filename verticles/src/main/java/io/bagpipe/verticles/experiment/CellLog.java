package io.bagpipe.verticles.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cells of a comparison that are done: {@code cells.jsonl} in its directory, a JSON object a
 * line. The file is written aside, synced and renamed for each cell, so that whenever the process
 * is killed it has every cell that was done. One process at a time; confined to one thread; whoever
 * opens it closes it.
 */
public final class CellLog implements AutoCloseable {
  private static final String FILE = "cells.jsonl";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final FileChannel lock;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  /** A cell that is done; whole is all that its line has. */
  private record Line(String settings, Map<String, Object> result, Map<String, Object> whole) {}

  private CellLog(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Opens a directory, which is made when missing.
   *
   * @throws ExperimentException when another process has it, or a line of it is none
   */
  public static CellLog open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel lock =
        FileChannel.open(
            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean whole = false;
    try {
      if (!locked(lock)) {
        throw new ExperimentException(
            directory + " is in use by another bagpipe; stop it, or choose another directory");
      }
      CellLog log = new CellLog(directory, lock);
      log.read();
      whole = true;
      return log;
    } finally {
      if (!whole) {
        lock.close();
      }
    }
  }

  private static boolean locked(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this very process
    }
  }

  private void read() throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return;
    }
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      try {
        Map<String, Object> whole = JSON.readValue(line, new TypeReference<>() {});
        if (!(whole.get("cell") instanceof String id)
            || !(whole.get("settings") instanceof String settings)
            || !(whole.get("result") instanceof Map<?, ?> result)) {
          throw new ExperimentException(
              "%s: line %d lacks cell, settings or result".formatted(file, number));
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        result.forEach((key, value) -> figures.put(String.valueOf(key), value));
        lines.put(id, new Line(settings, figures, whole));
      } catch (JsonProcessingException e) {
        throw new ExperimentException("%s: line %d is no JSON object".formatted(file, number), e);
      }
    }
  }

  /**
   * What came of a cell, if it is done.
   *
   * @throws ExperimentException when it was done with other settings: figures of both are not to
   *     stand in one table
   */
  public Optional<Map<String, Object>> find(Cell cell) {
    Line line = lines.get(cell.id());
    if (line == null) {
      return Optional.empty();
    }
    if (!cell.settings().equals(line.settings())) {
      throw new ExperimentException(
          "%s has %s by another configuration, other images or another teacher; choose another directory"
              .formatted(directory.resolve(FILE), cell.id()));
    }
    return Optional.of(line.result());
  }

  /**
   * Keeps what came of a cell.
   *
   * @param result what Jackson writes, and reads as the same
   */
  public void add(Cell cell, Map<String, Object> result) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("cell", cell.id());
    line.putAll(cell.names());
    line.put("seed", cell.seed());
    line.put("settings", cell.settings());
    line.put("result", result);
    lines.put(cell.id(), new Line(cell.settings(), result, line));
    List<String> all = new ArrayList<>();
    for (Line each : lines.values()) {
      all.add(JSON.writeValueAsString(each.whole()));
    }
    Path aside = directory.resolve(FILE + ".new");
    try (FileChannel file =
        FileChannel.open(
            aside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes =
          ByteBuffer.wrap((String.join("\n", all) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(
        aside,
        directory.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
