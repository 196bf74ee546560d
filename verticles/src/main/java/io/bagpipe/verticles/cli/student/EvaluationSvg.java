package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.eval.FeatureReport.Probe;
import io.bagpipe.model.eval.Score;
import io.bagpipe.model.eval.ScoreCard;
import io.bagpipe.verticles.cli.student.EvaluationRun.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the first student's confusion matrix and the map of its features as one self-contained SVG,
 * on light and dark pages. Needs neither fonts nor a display.
 */
final class EvaluationSvg {
  private static final int PANEL = 520;
  private static final int LEFT = 110;
  private static final int TOP = 64;
  private static final int GAP = 70;
  private static final int WIDTH = LEFT + 2 * PANEL + GAP + 130;
  private static final int HEIGHT = TOP + PANEL + 110;

  /** Beyond so many classes their names would lie on each other. */
  private static final int MOST_NAMES = 40;

  private static final int MOST_NUMBERS = 15;

  private static final String STYLE =
      """
      <style>
        svg { color-scheme: light dark; background: #fff; --ink: #24292f; --faint: #d0d7de; --cell: #0969da; }
        @media (prefers-color-scheme: dark) { svg { background: #0d1117; --ink: #c9d1d9; --faint: #30363d; --cell: #58a6ff; } }
        text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        .title { font-size: 15px; font-weight: 600; }
        .small { font-size: 10px; }
        .cell { fill: var(--cell); }
        .frame { fill: none; stroke: var(--faint); }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();
  private final EvaluationRun.Result result;
  private final List<Integer> order;

  private EvaluationSvg(EvaluationRun.Result result) {
    this.result = result;
    this.order = EvaluationDocument.order(result.classes());
  }

  static String of(EvaluationRun.Result result) {
    return new EvaluationSvg(result).draw();
  }

  private String draw() {
    Subject subject = EvaluationMarkdown.first(result);
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    add("<title>%s</title>%n%s", escape(subject.name()), STYLE);
    for (Map.Entry<Probe, Score> first :
        subject.report().scores().entrySet().stream().limit(1).toList()) {
      ScoreCard card = first.getValue().runs().get(0);
      String title =
          String.format(
              Locale.ROOT,
              "True classes (rows) as %s answers, top-1 %.4f",
              first.getKey().id(),
              card.top1());
      text(LEFT, 28, "start", "title", title);
      confusion(card.confusion());
    }
    map(LEFT + PANEL + GAP);
    return svg.append("</svg>\n").toString();
  }

  private void confusion(int[][] confusion) {
    int classes = order.size();
    double side = PANEL / (double) classes;
    for (int row = 0; row < classes; row++) {
      int[] line = confusion[order.get(row)];
      int sum = 0;
      for (int count : line) {
        sum += count;
      }
      if (classes <= MOST_NAMES) {
        text(LEFT - 6, TOP + (row + 0.5) * side + 4, "end", "small", name(order.get(row)));
        add(
            "<text class=\"small\" text-anchor=\"end\" transform=\"translate(%.1f %d) rotate(-60)\">%s</text>%n",
            LEFT + (row + 0.5) * side + 4, TOP + PANEL + 12, name(order.get(row)));
      }
      for (int column = 0; column < classes; column++) {
        int count = line[order.get(column)];
        if (count > 0) {
          cell(row, column, side, count, count / (double) sum);
        }
      }
    }
    add(
        "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n",
        LEFT, TOP, PANEL, PANEL);
  }

  private void cell(int row, int column, double side, int count, double share) {
    add(
        "<rect class=\"cell\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill-opacity=\"%.3f\"><title>%s as %s: %d</title></rect>%n",
        LEFT + column * side,
        TOP + row * side,
        side,
        side,
        0.06 + 0.8 * share,
        name(order.get(row)),
        name(order.get(column)),
        count);
    if (order.size() <= MOST_NUMBERS) {
      text(
          LEFT + (column + 0.5) * side,
          TOP + (row + 0.5) * side + 4,
          "middle",
          "small",
          String.valueOf(count));
    }
  }

  /** The queries in the plane of their first two principal components. */
  private void map(int left) {
    text(left, 28, "start", "title", "Features of the queries, first two principal components");
    double[][] map = result.map();
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE};
    for (double[] point : map) {
      for (int axis = 0; axis < 2; axis++) {
        low[axis] = Math.min(low[axis], point[axis]);
        high[axis] = Math.max(high[axis], point[axis]);
      }
    }
    double scale = (PANEL - 20) / Math.max(1e-9, Math.max(high[0] - low[0], high[1] - low[1]));
    add(
        "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n",
        left, TOP, PANEL, PANEL);
    for (int i = 0; i < map.length; i++) {
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\" fill-opacity=\"0.7\"/>%n",
          left + 10 + (map[i][0] - low[0]) * scale,
          TOP + PANEL - 10 - (map[i][1] - low[1]) * scale,
          colour(order.indexOf(result.truth()[i])));
    }
    for (int i = 0; i < Math.min(order.size(), MOST_NAMES); i++) {
      double y = TOP + 8 + 13.0 * i;
      add("<circle cx=\"%d\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n", left + PANEL + 12, y, colour(i));
      text(left + PANEL + 20, y + 4, "start", "small", name(order.get(i)));
    }
  }

  /** Hues spread by the golden angle, so that neighbours in the list differ. */
  private static String colour(int place) {
    return String.format(Locale.ROOT, "hsl(%.0f 65%% 50%%)", place * 137.508 % 360);
  }

  private String name(int label) {
    String name = result.classes().get(label);
    return escape(name.length() > 18 ? name.substring(0, 17) + "…" : name);
  }

  private void text(double x, double y, String anchor, String style, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>%n",
        x, y, anchor, style, text);
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
