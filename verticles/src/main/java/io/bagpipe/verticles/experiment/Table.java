package io.bagpipe.verticles.experiment;

import io.bagpipe.model.eval.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a comparison's cells, a row for those that differ in nothing but the seed: of each
 * measure mean and standard error over the seeds. Immutable.
 *
 * @param headings of the names that a row has
 * @param measures that are shown, in order
 * @param rows in the order in which their first cells came
 */
public record Table(List<String> headings, List<Measure> measures, List<Row> rows) {
  private static final int NAME = 12;
  private static final int FIGURE = 17;

  /**
   * A column of figures.
   *
   * @param key of it in a cell's result
   * @param heading for people
   * @param format of a figure, {@code %.4f}
   */
  public record Measure(String key, String heading, String format) {}

  /**
   * Cells that differ in nothing but the seed.
   *
   * @param names what they are, by heading
   * @param seeds in order
   * @param values by measure, a value a seed; NaN where a cell has none
   */
  public record Row(Map<String, String> names, List<Long> seeds, Map<String, double[]> values) {
    /** Values that there are. */
    double[] known(String measure) {
      double[] all = values.getOrDefault(measure, new double[0]);
      return Arrays.stream(all).filter(Double::isFinite).toArray();
    }

    /** In a line. */
    public String name() {
      return String.join(", ", names.values());
    }
  }

  /**
   * @param cells with what came of them; a measure that one lacks, or that is null, is not known
   */
  public static Table of(List<Measure> measures, Map<Cell, Map<String, Object>> cells) {
    Map<Map<String, String>, List<Cell>> groups = new LinkedHashMap<>();
    List<String> headings = new ArrayList<>();
    for (Cell cell : cells.keySet()) {
      groups.computeIfAbsent(cell.names(), names -> new ArrayList<>()).add(cell);
      cell.names().keySet().stream().filter(h -> !headings.contains(h)).forEach(headings::add);
    }
    List<Row> rows = new ArrayList<>();
    groups.forEach(
        (names, group) -> {
          Map<String, double[]> values = new LinkedHashMap<>();
          for (Measure measure : measures) {
            values.put(
                measure.key(),
                group.stream()
                    .mapToDouble(cell -> value(cells.get(cell), measure.key()))
                    .toArray());
          }
          rows.add(new Row(names, group.stream().map(Cell::seed).toList(), values));
        });
    return new Table(headings, measures, rows);
  }

  /** A figure of one cell's result, for people. */
  public static String figure(Map<String, Object> result, String measure, String format) {
    return String.format(Locale.ROOT, format, value(result, measure));
  }

  private static double value(@Nullable Map<String, Object> result, String key) {
    return result != null && result.get(key) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  /** For terminals and pages. */
  public String markdown() {
    StringBuilder table = new StringBuilder();
    List<String> top = new ArrayList<>();
    headings.forEach(heading -> top.add(pad(heading, NAME)));
    measures.forEach(measure -> top.add(pad(measure.heading(), FIGURE)));
    line(table, top);
    line(table, top.stream().map(cell -> "-".repeat(cell.length())).toList());
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      headings.forEach(
          heading -> cells.add(pad(row.names().getOrDefault(heading, "").replace("|", "/"), NAME)));
      measures.forEach(measure -> cells.add(pad(figure(row, measure), FIGURE)));
      line(table, cells);
    }
    return table.toString();
  }

  private static String figure(Row row, Measure measure) {
    double[] known = row.known(measure.key());
    if (known.length == 0) {
      return "–";
    }
    String mean = String.format(Locale.ROOT, measure.format(), Score.mean(known));
    double error = Score.standardError(known);
    return Double.isNaN(error)
        ? mean
        : mean + " ± " + String.format(Locale.ROOT, measure.format(), error);
  }

  private static String pad(String text, int width) {
    return String.format(Locale.ROOT, "%-" + width + "s", text);
  }

  private static void line(StringBuilder table, List<String> cells) {
    table.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** For JSON: an object a row; what is not known is null. */
  public List<Map<String, Object>> document() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> one = new LinkedHashMap<>(row.names());
      one.put("seeds", row.seeds());
      for (Measure measure : measures) {
        double[] known = row.known(measure.key());
        Map<String, @Nullable Object> figure = new LinkedHashMap<>();
        figure.put("mean", known.length == 0 ? null : (Double) Score.mean(known));
        figure.put("standard_error", known.length < 2 ? null : (Double) Score.standardError(known));
        figure.put(
            "per_seed",
            Arrays.stream(row.values().get(measure.key()))
                .mapToObj(value -> Double.isFinite(value) ? (Double) value : null)
                .toList());
        one.put(measure.key(), figure);
      }
      all.add(one);
    }
    return all;
  }
}
