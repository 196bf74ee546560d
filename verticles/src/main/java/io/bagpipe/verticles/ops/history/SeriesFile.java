package io.bagpipe.verticles.ops.history;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A series on disk, JSON lines: a head {@code {fields, stride}}, then {@code ["c", at, values…]}
 * for a mean of older points and {@code ["f", at, values…]} for a point as it came. New points are
 * appended; a torn last line (power lost while appending) is skipped when read; a rewrite goes
 * through a temporary file and an atomic move. Blocking: for worker threads, one at a time.
 */
final class SeriesFile {
  private static final Logger LOG = LoggerFactory.getLogger(SeriesFile.class);

  private final Path path;

  SeriesFile(Path path) {
    this.path = path;
  }

  /** Reads the file into the empty series and says how many lines it had. */
  int load(Series series) throws IOException {
    if (!Files.exists(path)) {
      return 0;
    }
    List<String> lines =
        new String(Files.readAllBytes(path), StandardCharsets.UTF_8).lines().toList();
    int skipped = 0;
    int stride = 1;
    List<String> columns = series.fields();
    boolean same = true;
    for (String line : lines) {
      try {
        if (line.startsWith("{")) {
          JsonObject head = new JsonObject(line);
          stride = head.getInteger("stride", 1);
          columns =
              head.getJsonArray("fields", new JsonArray()).stream()
                  .map(String.class::cast)
                  .toList();
          same = columns.equals(series.fields());
          series.widen(columns); // what was kept under another name of field is kept on
        } else {
          read(new JsonArray(line), series, columns, stride);
        }
      } catch (DecodeException
          | ClassCastException
          | IndexOutOfBoundsException
          | IllegalArgumentException e) {
        skipped++;
      }
    }
    if (skipped > 0) {
      LOG.warn("{}: {} unreadable lines skipped", path, skipped);
    }
    return same
        ? lines.size()
        : Integer.MAX_VALUE; // with a head that fits, next time it is written
  }

  /** The values by the file's columns, wherever the series has them. */
  private static void read(JsonArray line, Series series, List<String> columns, int stride) {
    double[] values = new double[series.fields().size()];
    Arrays.fill(values, Double.NaN);
    for (int i = 0; i < columns.size(); i++) {
      Double value = line.getDouble(i + 2);
      values[series.fields().indexOf(columns.get(i))] = value == null ? Double.NaN : value;
    }
    Point point = new Point(line.getLong(1), values);
    if (line.getString(0).equals("c")) {
      series.restoreCoarse(point, stride);
    } else {
      series.add(point);
    }
  }

  static String head(Series series) {
    return new JsonObject()
        .put("fields", new JsonArray(series.fields()))
        .put("stride", series.stride())
        .encode();
  }

  static String line(String kind, Point point) {
    JsonArray line = new JsonArray().add(kind).add(point.at());
    for (double value : point.values()) {
      if (Double.isFinite(value)) {
        line.add(value);
      } else {
        line.addNull();
      }
    }
    return line.encode();
  }

  /** Appends lines. The first thing written is a line end, so that a torn line stays alone. */
  void append(List<String> lines) throws IOException {
    Files.writeString(
        path,
        "\n" + String.join("\n", lines),
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  void rewrite(List<String> lines) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.writeString(fresh, String.join("\n", lines), StandardCharsets.UTF_8);
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
