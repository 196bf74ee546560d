package io.bagpipe.verticles.registry;

import io.bagpipe.verticles.registry.StudentRecord.Scores;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is promoted. A function of two records and nothing else. Immutable.
 *
 * <p>On an era whose probe set was made after the serving student had been asked, one that was
 * asked counts as better: nobody knows how the serving one does there, and one that never meets the
 * eras of today must not serve for ever.
 *
 * @param mode how
 * @param tolerance most that a student may be worse than the serving one on any evaluation
 * @param gain least that it must be better by on one of them
 * @param rankFloor least RankMe that it must have; not asked of one that knows eras alone, where it
 *     is not measured
 */
public record PromotionRule(Mode mode, double tolerance, double gain, double rankFloor) {
  /** How a student is chosen. */
  public enum Mode {
    /** One that is better by what was measured. */
    BETTER,
    /** The newest, whatever it is worth. */
    ALWAYS,
    /** The first; then whom a person chooses. */
    MANUAL
  }

  /** Of two accuracies that were written as decimals. */
  private static final double ROUNDING = 1e-9;

  /** What becomes of a student, and why, in one sentence. */
  public record Verdict(boolean promoted, String reason) {
    private static Verdict promote(String reason, Object... values) {
      return new Verdict(true, String.format(Locale.ROOT, reason, values));
    }

    private static Verdict keep(String reason, Object... values) {
      return new Verdict(false, String.format(Locale.ROOT, reason, values));
    }
  }

  /**
   * Judges a student.
   *
   * @param serving the one whose place it would take; null: nobody serves yet
   * @param judged whether students are evaluated here; else they may still be asked about eras
   */
  public Verdict judge(StudentRecord candidate, @Nullable StudentRecord serving, boolean judged) {
    if (serving == null) {
      return Verdict.promote("It is the first student.");
    }
    if (serving.decision().held()) {
      return Verdict.keep(
          "A person holds %s: promote a student by hand to let the rule decide again.",
          serving.id());
    }
    if (mode == Mode.ALWAYS) {
      return Verdict.promote("It is the newest student, and promote.rule is always.");
    }
    if (!serving.hasFile()) {
      return Verdict.promote("The files of %s, which served, are not there.", serving.id());
    }
    if (mode == Mode.MANUAL) {
      return Verdict.keep("promote.rule is manual: a person promotes.");
    }
    return byScores(candidate.scores(), serving, judged);
  }

  private Verdict byScores(Scores mine, StudentRecord serving, boolean judged) {
    Scores its = serving.scores();
    if (!mine.isEvaluated()) {
      return judged || its.isEvaluated()
          ? Verdict.keep("It has not been evaluated.")
          : Verdict.promote(
              "It is the newest student, and nothing is there to judge it by: eval.dir is not"
                  + " set, and no probe set is full (probe.share).");
    }
    Double rank = mine.rankMe();
    if (rank == null ? judged && rankFloor > 0 : rank < rankFloor) {
      return Verdict.keep(
          "The rank of its features, %s, is below promote.rank-floor, %s.",
          rank == null ? "not measured" : number(rank), number(rankFloor));
    }
    if (!its.isEvaluated()) {
      return Verdict.promote("It was evaluated, and %s was not.", serving.id());
    }
    if (!mine.exam().equals(its.exam())) {
      return Verdict.keep(
          "It and %s were evaluated on different images or labels, which cannot be compared: promote"
              + " by hand.",
          serving.id());
    }
    return compare(mine.accuracies(), its.accuracies(), serving.id());
  }

  /** Every evaluation that the serving one has; of eras that it was not asked about, the next. */
  private Verdict compare(Map<String, Double> mine, Map<String, Double> its, String serving) {
    String worst = "";
    String best = "";
    double fall = 0;
    double rise = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, Double> one : new TreeMap<>(its).entrySet()) {
      Double now = mine.get(one.getKey());
      if (now == null && isOutlived(one.getKey(), mine)) {
        continue;
      }
      if (now == null) {
        return Verdict.keep("It lacks the evaluation %s, which %s has.", one.getKey(), serving);
      }
      double difference = now - one.getValue();
      String said =
          one.getKey()
              + " "
              + number(now)
              + " against "
              + number(one.getValue())
              + " of "
              + serving;
      if (-difference > fall) {
        fall = -difference;
        worst = said;
      }
      if (difference > rise) {
        rise = difference;
        best = said;
      }
    }
    if (fall > tolerance + ROUNDING) {
      return Verdict.keep(
          "It is worse by more than promote.tolerance, %s: %s.", number(tolerance), worst);
    }
    if (rise < gain - ROUNDING) {
      String later = laterEra(mine, its);
      if (later != null) {
        rise = gain;
        best =
            later
                + " "
                + number(mine.getOrDefault(later, 0.0))
                + ", of an era that "
                + serving
                + " was not asked about";
      }
    }
    if (rise < gain - ROUNDING) {
      return Verdict.keep(
          "It is better by promote.gain, %s, in nothing; at best %s.", number(gain), best);
    }
    return Verdict.promote(
        fall > 0 ? "It is better: %s; within the tolerance %s." : "It is better: %s.", best, worst);
  }

  /** Of eras the newest are remembered: one whose own are all newer has outlived this. */
  private static boolean isOutlived(String evaluation, Map<String, Double> mine) {
    int era = Scores.eraOf(evaluation);
    var eras = mine.keySet().stream().mapToInt(Scores::eraOf).filter(one -> one >= 0);
    return era >= 0 && eras.min().orElse(-1) > era;
  }

  /** An era whose set was made after the other one had been asked; null: there is none. */
  private static @Nullable String laterEra(Map<String, Double> mine, Map<String, Double> its) {
    int last = its.keySet().stream().mapToInt(Scores::eraOf).max().orElse(-1);
    return mine.keySet().stream()
        .filter(one -> Scores.eraOf(one) > last)
        .max(Comparator.comparingInt(Scores::eraOf))
        .orElse(null);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value).replaceFirst("\\.?0+$", "");
  }
}
