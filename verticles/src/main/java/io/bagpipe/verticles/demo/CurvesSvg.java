package io.bagpipe.verticles.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws curves over images trained as one self-contained SVG: a panel for each, one under the
 * other, on light and dark pages. Needs neither fonts nor a display.
 */
public final class CurvesSvg {
  /** One measurement. */
  public record Point(long images, double value) {}

  /**
   * One panel.
   *
   * @param title what is measured, with its unit
   * @param points in the order of images; those that are not finite are left out
   * @param dots whether every point is marked, for curves of few points
   */
  public record Curve(String title, List<Point> points, boolean dots) {
    public Curve {
      points = points.stream().filter(p -> Double.isFinite(p.value())).toList();
    }
  }

  private static final int WIDTH = 760;
  private static final int PANEL = 240;
  private static final int LEFT = 64;
  private static final int RIGHT = 24;
  private static final int TOP = 40;
  private static final int BOTTOM = 44;
  private static final int HEAD = 36;
  private static final int MOST_POINTS = 1500;

  private static final String STYLE =
      """
      <style>
        svg { color-scheme: light dark; background: #fff; --ink: #24292f; --faint: #d0d7de; --line: #0969da; }
        @media (prefers-color-scheme: dark) { svg { background: #0d1117; --ink: #c9d1d9; --faint: #30363d; --line: #58a6ff; } }
        text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        .title { font-size: 15px; font-weight: 600; }
        .grid { stroke: var(--faint); stroke-width: 1; }
        .curve { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; }
        .dot { fill: var(--line); }
      </style>
      """;

  private CurvesSvg() {}

  /** The picture of all curves. */
  public static String render(String title, List<Curve> curves) {
    int height = HEAD + curves.size() * PANEL;
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\">\n",
            WIDTH, height, WIDTH, height));
    svg.append("<title>").append(escape(title)).append("</title>\n").append(STYLE);
    text(svg, LEFT, 24, "start", "title", title);
    long most =
        curves.stream().flatMap(c -> c.points().stream()).mapToLong(Point::images).max().orElse(1);
    for (int i = 0; i < curves.size(); i++) {
      panel(svg, curves.get(i), HEAD + i * PANEL, Math.max(1, most));
    }
    return svg.append("</svg>\n").toString();
  }

  private static void panel(StringBuilder svg, Curve curve, int y, long mostImages) {
    int top = y + TOP;
    int bottom = y + PANEL - BOTTOM;
    text(svg, LEFT, top - 12, "start", "", curve.title());
    if (curve.points().isEmpty()) {
      text(svg, LEFT, (top + bottom) / 2.0, "start", "", "nothing measured");
      return;
    }
    double least = curve.points().stream().mapToDouble(Point::value).min().orElseThrow();
    double most = curve.points().stream().mapToDouble(Point::value).max().orElseThrow();
    double step = step(Math.max(most - least, Math.max(1e-9, Math.abs(most) * 1e-3)), 5);
    double low = Math.floor(least / step) * step;
    double high = Math.max(Math.ceil(most / step) * step, low + step);
    for (int n = 0; low + n * step <= high + step / 2; n++) {
      double value = low + n * step;
      double at = bottom - (value - low) / (high - low) * (bottom - top);
      line(svg, LEFT, at, WIDTH - RIGHT, at);
      text(svg, LEFT - 8, at + 4, "end", "", number(value, step));
    }
    double imageStep = Math.max(1, step((double) mostImages, 7));
    for (double images = 0; images <= mostImages; images += imageStep) {
      double at = x(images, mostImages);
      line(svg, at, top, at, bottom);
      text(svg, at, bottom + 18, "middle", "", count(images));
    }
    text(svg, WIDTH - RIGHT, bottom + 34, "end", "", "images");
    plot(svg, curve, mostImages, low, (bottom - top) / (high - low), bottom);
  }

  private static void plot(
      StringBuilder svg, Curve curve, long mostImages, double low, double scale, int bottom) {
    List<String> at = new ArrayList<>();
    StringBuilder dots = new StringBuilder();
    for (Point p : thin(curve.points())) {
      double x = x((double) p.images(), mostImages);
      double y = bottom - (p.value() - low) * scale;
      at.add(format("%.1f,%.1f", x, y));
      if (curve.dots() || curve.points().size() == 1) {
        dots.append(
            format(
                "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s: %s</title></circle>\n",
                x, y, p.images(), number(p.value(), 1e-4)));
      }
    }
    svg.append("<polyline class=\"curve\" points=\"").append(String.join(" ", at)).append("\"/>\n");
    svg.append(dots);
  }

  /** Means of equal runs of points, when there are more than a picture can show. */
  private static List<Point> thin(List<Point> points) {
    int run = (points.size() + MOST_POINTS - 1) / MOST_POINTS;
    if (run <= 1) {
      return points;
    }
    List<Point> thinned = new ArrayList<>();
    for (int i = 0; i < points.size(); i += run) {
      List<Point> part = points.subList(i, Math.min(points.size(), i + run));
      double mean = part.stream().mapToDouble(Point::value).average().orElseThrow();
      thinned.add(new Point(part.get(part.size() / 2).images(), mean));
    }
    return thinned;
  }

  /** 1, 2 or 5 times a power of ten, so that a range has at most {@code parts} of it. */
  private static double step(double range, int parts) {
    double raw = range / parts;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= raw * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static double x(double images, long most) {
    return LEFT + images / most * (WIDTH - LEFT - RIGHT);
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        format(
            "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            x1, y1, x2, y2));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String style, String words) {
    svg.append(
        format(
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            style, x, y, anchor, escape(words)));
  }

  private static String number(double value, double step) {
    int digits = (int) Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)));
    String s = format("%." + digits + "f", value);
    return s.matches("-0(\\.0*)?") ? s.substring(1) : s;
  }

  private static String count(double images) {
    return images >= 1e6
        ? number(images / 1e6, images % 1e6 == 0 ? 1 : 0.1) + "M"
        : images >= 10_000
            ? number(images / 1e3, images % 1e3 == 0 ? 1 : 0.1) + "k"
            : number(images, 1);
  }

  private static String escape(String s) {
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
