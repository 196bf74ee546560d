package io.bagpipe.model.eval;

import static io.bagpipe.model.eval.BatchMeasures.AGREEMENT;
import static io.bagpipe.model.eval.BatchMeasures.FEATURE_RANK;
import static io.bagpipe.model.eval.BatchMeasures.HEAD_RANK;
import static io.bagpipe.model.eval.BatchMeasures.HEAD_SPREAD;
import static io.bagpipe.model.eval.BatchMeasures.TEACHER_RANK;
import static io.bagpipe.model.eval.BatchMeasures.TEACHER_SPREAD;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says in sentences what is wrong with a student that trains: each what was seen, what it means and
 * what to do. A fold over its measures: an alarm stands once its rule has held three times in a
 * row, and until it does not. Not thread-safe.
 */
public final class StudentAlarms {
  /** Name of what {@code floor_TERM} begins with among the measures. */
  public static final String FLOOR = "floor_";

  private static final int IN_A_ROW = 3;
  private static final double COLLAPSED_SPREAD = 0.1;
  private static final double SMALL_PART = 0.25;
  private static final double HALF = 0.5;
  private static final double TIMES_CHANCE = 3;
  private static final double NEAR_FLOOR = 1.05;

  /** What can be wrong. */
  public enum Kind {
    COLLAPSE,
    HEAD_RANK,
    FEATURE_RANK,
    AGREEMENT,
    FLOOR;

    /** In lower case, for metrics. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Kind, Integer> held = new EnumMap<>(Kind.class);
  private double bestFeatureRank;

  /**
   * Takes in the newest measures.
   *
   * @param measures {@link BatchMeasures}' and floors of terms, by name
   * @param terms of the loss of the step on the same batch
   * @param batch images that were measured
   * @return the alarms that stand, with their sentences
   */
  public Map<Kind, String> take(
      Map<String, Double> measures, Map<String, Double> terms, int batch) {
    Map<Kind, String> wrong = new EnumMap<>(Kind.class);
    collapse(measures, wrong);
    ranks(measures, wrong);
    agreement(measures, batch, wrong);
    floors(measures, terms, wrong);
    Map<Kind, String> standing = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      String sentence = wrong.get(kind);
      int times = sentence == null ? 0 : held.getOrDefault(kind, 0) + 1;
      held.put(kind, times);
      if (sentence != null && times >= IN_A_ROW) {
        standing.put(kind, sentence);
      }
    }
    return standing;
  }

  private static void collapse(Map<String, Double> measures, Map<Kind, String> wrong) {
    double spread = of(measures, HEAD_SPREAD);
    double teacher = of(measures, TEACHER_SPREAD);
    boolean images = !(teacher < 2 * COLLAPSED_SPREAD); // else they are alike for the teacher too
    if (spread < COLLAPSED_SPREAD && images) {
      wrong.put(
          Kind.COLLAPSE,
          words(
              "the student says nearly the same of every image (spread %.3f; spread evenly it is 1):"
                  + " it has collapsed. Go back to an earlier checkpoint and lower train.lr",
              spread));
    }
  }

  private void ranks(Map<String, Double> measures, Map<Kind, String> wrong) {
    double head = of(measures, HEAD_RANK);
    double teacher = of(measures, TEACHER_RANK);
    if (head < SMALL_PART * teacher) {
      wrong.put(
          Kind.HEAD_RANK,
          words(
              "the head's outputs have an effective rank of %.1f where the teacher's of the same"
                  + " images have %.1f: most dimensions say nothing. Train longer if this is the"
                  + " beginning; else lower train.temperature or train.lr",
              head, teacher));
    }
    double features = of(measures, FEATURE_RANK);
    if (features < HALF * bestFeatureRank) {
      wrong.put(
          Kind.FEATURE_RANK,
          words(
              "the effective rank of the features has fallen to %.1f from %.1f: they are collapsing,"
                  + " or the stream has become more uniform. Compare evaluations; if they fall too,"
                  + " go back to an earlier checkpoint and lower train.lr",
              features, bestFeatureRank));
    }
    bestFeatureRank = features > bestFeatureRank ? features : bestFeatureRank;
  }

  private static void agreement(Map<String, Double> measures, int batch, Map<Kind, String> wrong) {
    double agreement = of(measures, AGREEMENT);
    double chance = 1.0 / (batch - 1);
    // in small batches three times chance is a lot to ask
    if (agreement < Math.min(TIMES_CHANCE * chance, SMALL_PART)) {
      wrong.put(
          Kind.AGREEMENT,
          words(
              "student and teacher agree on the nearest image of %.1f %% of a batch, by chance it"
                  + " were %.1f %%: the student learns nothing of the teacher. See whether the"
                  + " teacher knows such images (bagpipe_bags_purity_ratio, the gallery), whether"
                  + " views.mean and views.std are the data's, and train.lr",
              100 * agreement, 100 * chance));
    }
  }

  private static void floors(
      Map<String, Double> measures, Map<String, Double> terms, Map<Kind, String> wrong) {
    List<String> reached = new ArrayList<>();
    new TreeMap<>(terms)
        .forEach(
            (term, value) -> {
              double floor = of(measures, FLOOR + term);
              if (floor > 0 && value < NEAR_FLOOR * floor) {
                reached.add(words("%s %.3f of at least %.3f", term, value, floor));
              }
            });
    if (!reached.isEmpty()) {
      wrong.put(
          Kind.FLOOR,
          words(
              "the loss is as low as it can be (%s): it will not tell progress any more. Look at the"
                  + " evaluations; a floor that comes of keys among the negatives falls with a"
                  + " bags.window larger than train.queue",
              String.join(", ", reached)));
    }
  }

  /** NaN, which no rule holds for, where it was not measured. */
  private static double of(Map<String, Double> measures, String name) {
    return measures.getOrDefault(name, Double.NaN);
  }

  private static String words(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
