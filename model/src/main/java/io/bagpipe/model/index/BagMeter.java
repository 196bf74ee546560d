package io.bagpipe.model.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Running figures of the bags drawn: averages that forget with a half-life of 1,024 bags. */
final class BagMeter {
  private static final double KEPT = Math.pow(0.5, 1.0 / 1024);

  private final Average similarity = new Average();
  private final Average purity = new Average();
  private long anchors;
  private long alone;

  /** A weighted mean whose older terms fade. */
  private static final class Average {
    private double sum;
    private double weight;

    void add(double value) {
      sum = sum * KEPT + value;
      weight = weight * KEPT + 1;
    }

    double value() {
      return weight == 0 ? Double.NaN : sum / weight;
    }
  }

  void add(@Nullable String label, List<Neighbour> neighbours) {
    anchors++;
    if (neighbours.isEmpty()) {
      alone++;
      return;
    }
    double sum = 0;
    int labelled = 0;
    int same = 0;
    for (Neighbour neighbour : neighbours) {
      sum += neighbour.similarity();
      if (label != null && neighbour.label() != null) {
        labelled++;
        same += label.equals(neighbour.label()) ? 1 : 0;
      }
    }
    similarity.add(sum / neighbours.size());
    if (labelled > 0) {
      purity.add((double) same / labelled);
    }
  }

  long anchors() {
    return anchors;
  }

  long alone() {
    return alone;
  }

  double meanSimilarity() {
    return similarity.value();
  }

  double purity() {
    return purity.value();
  }
}
