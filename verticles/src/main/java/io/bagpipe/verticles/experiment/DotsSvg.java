package io.bagpipe.verticles.experiment;

import io.bagpipe.model.eval.Score;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Draws a table: a panel a measure, a line a row, a dot a seed, a stroke at the mean. One
 * self-contained SVG, for light and dark pages; needs neither fonts nor a display.
 */
public final class DotsSvg {
  private static final int NAMES = 230;
  private static final int PANEL = 300;
  private static final int GAP = 30;
  private static final int TOP = 64;
  private static final int LINE = 24;

  private static final String STYLE =
      """
      <style>
        svg { color-scheme: light dark; background: #fff; --ink: #24292f; --faint: #d0d7de; --dot: #0969da; }
        @media (prefers-color-scheme: dark) { svg { background: #0d1117; --ink: #c9d1d9; --faint: #30363d; --dot: #58a6ff; } }
        text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        .title { font-size: 15px; font-weight: 600; }
        .small { font-size: 10px; }
        .line { stroke: var(--faint); }
        .mean { stroke: var(--dot); stroke-width: 2; }
        .dot { fill: var(--dot); fill-opacity: 0.6; }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  private DotsSvg() {}

  /**
   * @param measures of the table that get a panel
   */
  public static String of(String title, Table table, List<Table.Measure> measures) {
    return new DotsSvg().draw(title, table, measures);
  }

  private String draw(String title, Table table, List<Table.Measure> measures) {
    int width = NAMES + measures.size() * (PANEL + GAP);
    int height = TOP + LINE * table.rows().size() + 40;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n",
        width, height, width, height);
    add("<title>%s</title>%n%s", escape(title), STYLE);
    text(12, 24, "start", "title", title);
    for (int i = 0; i < table.rows().size(); i++) {
      text(NAMES - 12, TOP + LINE * (i + 0.5) + 4, "end", "", table.rows().get(i).name());
    }
    for (int i = 0; i < measures.size(); i++) {
      panel(table, measures.get(i), NAMES + i * (PANEL + GAP));
    }
    return svg.append("</svg>\n").toString();
  }

  private void panel(Table table, Table.Measure measure, int left) {
    double[] all =
        table.rows().stream()
            .flatMapToDouble(row -> Arrays.stream(row.known(measure.key())))
            .toArray();
    text(left, TOP - 12, "start", "", measure.heading());
    if (all.length == 0) {
      return;
    }
    double low = Arrays.stream(all).min().orElseThrow();
    double high = Arrays.stream(all).max().orElseThrow();
    double margin = Math.max(1e-3, 0.05 * (high - low));
    double from = low - margin;
    double scale = PANEL / (high + margin - from);
    int bottom = TOP + LINE * table.rows().size();
    for (double end : new double[] {low, high}) {
      text(left + (end - from) * scale, bottom + 14, "middle", "small", number(end));
    }
    for (int i = 0; i < table.rows().size(); i++) {
      double y = TOP + LINE * (i + 0.5);
      add(
          "<line class=\"line\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n",
          left, y, left + PANEL, y);
      double[] known = table.rows().get(i).known(measure.key());
      for (double value : known) {
        add(
            "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>%n",
            left + (value - from) * scale, y, number(value));
      }
      if (known.length > 0) {
        double mean = left + (Score.mean(known) - from) * scale;
        add(
            "<line class=\"mean\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            mean, y - 8, mean, y + 8);
      }
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private void text(double x, double y, String anchor, String style, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>%n",
        x, y, anchor, style, escape(text));
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
