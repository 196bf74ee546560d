package io.bagpipe.verticles.registry;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Draws a student's accuracies beside those that they are held against, as one self-contained SVG:
 * a group of bars for each evaluation, on light and dark pages. Needs neither fonts nor a display.
 */
final class CardPicture {
  /**
   * A bar.
   *
   * @param value [0, 1]; null: not known
   * @param margin half of its interval of 95 %; null: not known
   * @param subject whether it is of the student that the picture is about
   */
  record Bar(String name, @Nullable Double value, @Nullable Double margin, boolean subject) {}

  /** The bars of one evaluation. */
  record Group(String title, List<Bar> bars) {}

  private static final int WIDTH = 640;
  private static final int LEFT = 190;
  private static final int RIGHT = 60;
  private static final int HEAD = 34;
  private static final int BAR = 26;
  private static final int GAP = 22;

  private static final String STYLE =
      """
      <style>
        svg { color-scheme: light dark; background: #fff; --ink: #24292f; --bar: #afb8c1; --line: #0969da; }
        @media (prefers-color-scheme: dark) { svg { background: #0d1117; --ink: #c9d1d9; --bar: #484f58; --line: #58a6ff; } }
        text { font: 13px system-ui, sans-serif; fill: var(--ink); }
        .title { font-weight: 600; }
        .bar { fill: var(--bar); }
        .subject { fill: var(--line); }
        .margin { stroke: var(--ink); stroke-width: 1.5; }
      </style>
      """;

  private CardPicture() {}

  static String svg(String title, List<Group> groups) {
    int height =
        GAP + groups.stream().mapToInt(group -> HEAD + group.bars().size() * BAR + GAP).sum();
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\">\n<title>%s</title>\n",
            WIDTH, height, WIDTH, height, escape(title)));
    svg.append(STYLE);
    int y = GAP;
    for (Group group : groups) {
      text(svg, LEFT, y + 14, "start", "title", group.title());
      y += HEAD;
      for (Bar bar : group.bars()) {
        draw(svg, bar, y);
        y += BAR;
      }
      y += GAP;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void draw(StringBuilder svg, Bar bar, int y) {
    text(svg, LEFT - 10, y + 14, "end", bar.subject() ? "title" : "", bar.name());
    Double value = bar.value();
    if (value == null) {
      text(svg, LEFT + 4, y + 14, "start", "", "not known");
      return;
    }
    double end = x(value);
    svg.append(
        format(
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
            bar.subject() ? "subject" : "bar", LEFT, y, end - LEFT, BAR - 7));
    Double margin = bar.margin();
    if (margin != null) {
      double middle = y + (BAR - 7) / 2.0;
      svg.append(
          format(
              "<line class=\"margin\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
              x(Math.max(0, value - margin)), x(Math.min(1, value + margin)), middle, middle));
    }
    double clear = Math.max(end, margin == null ? 0 : x(Math.min(1, value + margin)));
    text(svg, clear + 6, y + 14, "start", "", format("%.3f", value));
  }

  private static double x(double value) {
    return LEFT + value * (WIDTH - LEFT - RIGHT);
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String style, String words) {
    svg.append(
        format(
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            style, x, y, anchor, escape(words)));
  }

  private static String escape(String s) {
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
