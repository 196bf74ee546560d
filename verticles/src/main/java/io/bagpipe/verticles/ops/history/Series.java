package io.bagpipe.verticles.ops.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * A series that never outgrows its bound and never forgets its beginning: the newest points as they
 * came, older ones as means over a stride that doubles whenever the old part is full.
 *
 * <p>Not thread-safe.
 */
final class Series {
  /** More fields than this are refused: a series is bounded in width too. */
  static final int MOST_FIELDS = 64;

  private List<String> fields;
  private final int fineCapacity;
  private final int coarseCapacity;
  private Deque<Point> fine = new ArrayDeque<>();
  private List<Point> coarse = new ArrayList<>();
  private List<Point> pending = new ArrayList<>();
  private int stride = 1;

  /**
   * @param fields names of the values
   * @param fineCapacity newest points kept as they came
   * @param coarseCapacity most means kept of older ones, even
   */
  Series(List<String> fields, int fineCapacity, int coarseCapacity) {
    this.fields = List.copyOf(fields);
    this.fineCapacity = fineCapacity;
    this.coarseCapacity = coarseCapacity;
  }

  List<String> fields() {
    return fields;
  }

  int stride() {
    return stride;
  }

  /** Appends fields that it does not have yet; the points there are have no value of them. */
  void widen(Collection<String> wanted) {
    List<String> wider = new ArrayList<>(fields);
    wanted.stream().filter(field -> !fields.contains(field)).forEach(wider::add);
    if (wider.size() > MOST_FIELDS) {
      throw new IllegalArgumentException(
          "a series of " + wider.size() + " fields; valid: at most " + MOST_FIELDS);
    }
    if (wider.size() > fields.size()) {
      fields = List.copyOf(wider);
      fine = new ArrayDeque<>(fine.stream().map(this::wide).toList());
      coarse = new ArrayList<>(coarse.stream().map(this::wide).toList());
      pending = new ArrayList<>(pending.stream().map(this::wide).toList());
    }
  }

  private Point wide(Point point) {
    return wide(point, fields.size());
  }

  /** The point with fields that have no value behind its own. */
  static Point wide(Point point, int fields) {
    double[] values = Arrays.copyOf(point.values(), fields);
    Arrays.fill(values, point.values().length, values.length, Double.NaN);
    return new Point(point.at(), values);
  }

  void add(Point point) {
    fine.addLast(point);
    if (fine.size() > fineCapacity) {
      age(fine.removeFirst());
    }
  }

  /** Takes back what {@link #coarse()} and {@link #stride()} gave. */
  void restoreCoarse(Point mean, int itsStride) {
    stride = itsStride;
    coarse.add(mean);
    halveWhenFull();
  }

  private void age(Point point) {
    pending.add(point);
    if (pending.size() >= stride) {
      coarse.add(mean(pending));
      pending = new ArrayList<>();
      halveWhenFull();
    }
  }

  private void halveWhenFull() {
    if (coarse.size() < coarseCapacity) {
      return;
    }
    List<Point> halved = new ArrayList<>(coarseCapacity / 2 + 1);
    for (int i = 0; i < coarse.size(); i += 2) {
      halved.add(mean(coarse.subList(i, Math.min(i + 2, coarse.size()))));
    }
    coarse = halved;
    stride *= 2;
  }

  /** Means of the older points, oldest first; what is not yet a whole stride is not in it. */
  List<Point> coarse() {
    return List.copyOf(coarse);
  }

  /** The newest points, those that wait to be averaged first. */
  List<Point> recent() {
    List<Point> points = new ArrayList<>(pending);
    points.addAll(fine);
    return points;
  }

  /** Everything from {@code since} on, in order, as at most {@code most} means. */
  List<Point> read(long since, int most) {
    List<Point> all = new ArrayList<>(coarse);
    all.addAll(pending);
    all.addAll(fine);
    all.removeIf(point -> point.at() < since);
    if (all.size() <= most) {
      return all;
    }
    List<Point> means = new ArrayList<>(most);
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) i * all.size() / most);
      int to = (int) ((long) (i + 1) * all.size() / most);
      means.add(mean(all.subList(from, to)));
    }
    return means;
  }

  /** Mean of each field over the points that have it; the time is the last one's. */
  static Point mean(List<Point> points) {
    int width = points.get(0).values().length;
    double[] means = new double[width];
    for (int field = 0; field < width; field++) {
      double sum = 0;
      int count = 0;
      for (Point point : points) {
        double value = point.values()[field];
        if (!Double.isNaN(value)) {
          sum += value;
          count++;
        }
      }
      means[field] = count == 0 ? Double.NaN : sum / count;
    }
    return new Point(points.get(points.size() - 1).at(), means);
  }
}
