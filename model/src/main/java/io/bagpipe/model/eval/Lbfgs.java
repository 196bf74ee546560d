package io.bagpipe.model.eval;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Minimises a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, 7.4),
 * halving a step until it goes down enough (3.4). The same bits every time.
 */
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final double DESCENT = 1e-4;
  private static final int MOST_HALVINGS = 40;

  /** What is minimised. */
  @FunctionalInterface
  interface Function {
    /**
     * @param at where; not to be changed
     * @param gradient filled
     * @return the value
     */
    double value(double[] at, double[] gradient);
  }

  /** A step that was made, and how the gradient changed by it. */
  private record Pair(double[] step, double[] change, double product) {}

  /**
   * Where it ended.
   *
   * @param converged whether no part of the gradient is larger than was asked for; false where it
   *     ran out of iterations, or of digits
   */
  record Minimum(double[] at, double value, int iterations, boolean converged) {}

  private final Function function;
  private final Deque<Pair> pairs = new ArrayDeque<>();

  Lbfgs(Function function) {
    this.function = function;
  }

  /**
   * Goes down from there.
   *
   * @param tolerance largest part of the gradient at the end
   */
  Minimum minimise(double[] start, double tolerance, int mostIterations) {
    double[] at = start.clone();
    double[] gradient = new double[at.length];
    double value = function.value(at, gradient);
    for (int iteration = 0; iteration < mostIterations; iteration++) {
      if (largest(gradient) <= tolerance) {
        return new Minimum(at, value, iteration, true);
      }
      double[] direction = direction(gradient);
      double slope = dot(direction, gradient);
      if (!(slope < 0)) {
        pairs.clear();
        direction = scaled(gradient, -1);
        slope = -dot(gradient, gradient);
      }
      double length = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      double[] next = at;
      double[] nextGradient = new double[at.length];
      double nextValue = Double.POSITIVE_INFINITY;
      for (int halving = 0; halving < MOST_HALVINGS; halving++) {
        next = sum(at, direction, length);
        nextValue = function.value(next, nextGradient);
        if (nextValue <= value + DESCENT * length * slope) {
          break;
        }
        length /= 2;
      }
      if (!(nextValue < value)) {
        return new Minimum(at, value, iteration, false);
      }
      remember(sum(next, at, -1), sum(nextGradient, gradient, -1));
      at = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return new Minimum(at, value, mostIterations, largest(gradient) <= tolerance);
  }

  private void remember(double[] step, double[] change) {
    double product = dot(step, change);
    if (product <= 1e-12 * dot(change, change)) {
      return; // no curvature to learn from
    }
    if (pairs.size() == MEMORY) {
      pairs.removeFirst();
    }
    pairs.addLast(new Pair(step, change, product));
  }

  /** The two loops, algorithm 7.4, for the negative gradient. */
  private double[] direction(double[] gradient) {
    double[] direction = scaled(gradient, -1);
    List<Double> factors = new ArrayList<>();
    for (Iterator<Pair> newestFirst = pairs.descendingIterator(); newestFirst.hasNext(); ) {
      Pair pair = newestFirst.next();
      double factor = dot(pair.step(), direction) / pair.product();
      factors.add(factor);
      addTo(direction, pair.change(), -factor);
    }
    Pair newest = pairs.peekLast();
    if (newest != null) {
      double scale = newest.product() / dot(newest.change(), newest.change());
      direction = scaled(direction, scale);
    }
    int left = factors.size();
    for (Pair pair : pairs) {
      double back = dot(pair.change(), direction) / pair.product();
      addTo(direction, pair.step(), factors.get(--left) - back);
    }
    return direction;
  }

  private static double largest(double[] vector) {
    double largest = 0;
    for (double value : vector) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] scaled(double[] vector, double factor) {
    double[] result = new double[vector.length];
    addTo(result, vector, factor);
    return result;
  }

  /** a + factor · b. */
  private static double[] sum(double[] a, double[] b, double factor) {
    double[] result = a.clone();
    addTo(result, b, factor);
    return result;
  }

  private static void addTo(double[] to, double[] vector, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * vector[i];
    }
  }
}
