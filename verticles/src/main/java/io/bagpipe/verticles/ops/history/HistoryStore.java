package io.bagpipe.verticles.ops.history;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The series behind the charts: bounded in memory and on disk, kept over a restart.
 *
 * <p>Confined to one Vert.x context; files are read and written on its ordered worker. Each series
 * keeps {@value #FINE} points as they came and at most {@value #COARSE} means of older ones, on
 * disk at most twice that many lines (about 1 MB a series).
 */
public final class HistoryStore {
  static final int FINE = 2048;
  static final int COARSE = 2048;

  private static final class Kept {
    final Series series;
    final SeriesFile file;
    final List<String> unwritten = new ArrayList<>();
    final List<Point> unsent = new ArrayList<>();
    int lines;

    Kept(Series series, SeriesFile file) {
      this.series = series;
      this.file = file;
    }
  }

  private final Vertx vertx;
  private final Path directory;
  private final Map<String, Kept> kept = new LinkedHashMap<>();

  /**
   * @param directory of the files, one a series; made when missing
   * @param fields of each series, by its name
   */
  public HistoryStore(Vertx vertx, Path directory, Map<String, List<String>> fields) {
    this.vertx = vertx;
    this.directory = directory;
    fields.forEach(
        (name, names) ->
            kept.put(
                name,
                new Kept(
                    new Series(names, FINE, COARSE),
                    new SeriesFile(directory.resolve(name + ".jsonl")))));
  }

  /** Reads back what an earlier process kept. */
  public Future<Void> load() {
    return vertx.executeBlocking(
        () -> {
          Files.createDirectories(directory);
          for (Kept series : kept.values()) {
            series.lines = series.file.load(series.series);
          }
          return null;
        });
  }

  /** The names of all series. */
  public Set<String> names() {
    return kept.keySet();
  }

  /** Adds a point; unknown series are refused. */
  public void add(String name, long at, double... values) {
    Kept to = kept.get(name);
    if (to == null || to.series.fields().size() != values.length) {
      throw new IllegalArgumentException("no series " + name + " of " + values.length + " fields");
    }
    add(to, new Point(at, values.clone()));
  }

  /**
   * Adds a point by the names of its fields; names that the series has not had yet become fields of
   * it.
   */
  public void add(String name, long at, Map<String, Double> values) {
    Kept to = kept.get(name);
    if (to == null) {
      throw new IllegalArgumentException("no series " + name);
    }
    if (!to.series.fields().containsAll(values.keySet())) {
      to.series.widen(values.keySet());
      to.unsent.replaceAll(point -> Series.wide(point, to.series.fields().size()));
      to.lines = 0; // the head changes: the file is written anew
    }
    double[] row = new double[to.series.fields().size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = values.getOrDefault(to.series.fields().get(i), Double.NaN);
    }
    add(to, new Point(at, row));
  }

  private static void add(Kept to, Point point) {
    to.series.add(point);
    to.unwritten.add(SeriesFile.line("f", point));
    to.unsent.add(point);
  }

  /** A series as columns, {@code {fields, columns}}, time first; null: there is none so named. */
  public @Nullable JsonObject read(String name, long since, int most) {
    Kept from = kept.get(name);
    return from == null ? null : columns(from.series, from.series.read(since, most));
  }

  /** Points that came since the last call, by series, as columns; empty series are left out. */
  public JsonObject takeNew() {
    JsonObject news = new JsonObject();
    kept.forEach(
        (name, from) -> {
          if (!from.unsent.isEmpty()) {
            news.put(name, columns(from.series, from.unsent));
            from.unsent.clear();
          }
        });
    return news;
  }

  private static JsonObject columns(Series series, List<Point> points) {
    JsonArray columns = new JsonArray();
    JsonArray at = new JsonArray();
    points.forEach(point -> at.add(point.at()));
    columns.add(at);
    for (int field = 0; field < series.fields().size(); field++) {
      JsonArray column = new JsonArray();
      for (Point point : points) {
        double value = point.values()[field];
        column.add(Double.isFinite(value) ? (Double) value : null);
      }
      columns.add(column);
    }
    JsonArray fields = new JsonArray().add("at");
    series.fields().forEach(fields::add);
    return new JsonObject().put("fields", fields).put("columns", columns);
  }

  /** Writes what is new to disk. Fails when the disk does; the points stay in memory. */
  public Future<Void> flush() {
    List<Write> writes = new ArrayList<>();
    for (Kept each : kept.values()) {
      if (each.unwritten.isEmpty()) {
        continue;
      }
      int lines = each.lines + each.unwritten.size();
      boolean whole = each.lines == 0 || lines < 0 || lines > 2 * (FINE + COARSE);
      List<String> text = whole ? whole(each.series) : List.copyOf(each.unwritten);
      each.lines = whole ? text.size() : lines;
      each.unwritten.clear();
      writes.add(new Write(each.file, whole, text));
    }
    if (writes.isEmpty()) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          for (Write write : writes) {
            write.run();
          }
          return null;
        });
  }

  private static List<String> whole(Series series) {
    List<String> text = new ArrayList<>();
    text.add(SeriesFile.head(series));
    series.coarse().forEach(point -> text.add(SeriesFile.line("c", point)));
    series.recent().forEach(point -> text.add(SeriesFile.line("f", point)));
    return text;
  }

  private record Write(SeriesFile file, boolean whole, List<String> lines) {
    void run() throws IOException {
      if (whole) {
        file.rewrite(lines);
      } else {
        file.append(lines);
      }
    }
  }
}
