package io.bagpipe.model.eval;

import java.util.List;

/**
 * What a classifier scored, over all seeds that change it: one, where none does.
 *
 * @param runs a card a seed, in their order; at least one
 */
public record Score(List<ScoreCard> runs) {
  public Score {
    runs = List.copyOf(runs);
  }

  /** Mean over the seeds. */
  public double top1() {
    return mean(runs.stream().mapToDouble(ScoreCard::top1).toArray());
  }

  /** Mean over the seeds. */
  public double top5() {
    return mean(runs.stream().mapToDouble(ScoreCard::top5).toArray());
  }

  /** Of {@link #top1} over the seeds; NaN of one. */
  public double standardError() {
    return standardError(runs.stream().mapToDouble(ScoreCard::top1).toArray());
  }

  /** The mean. */
  public static double mean(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The mean's standard error, s/√n with n − 1 in s; NaN of fewer than two values. */
  public static double standardError(double... values) {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }
}
