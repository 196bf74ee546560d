package io.bagpipe.model.eval;

import io.bagpipe.model.eval.FeatureReport.Agreement;
import io.bagpipe.model.eval.FeatureReport.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is read off features that are there as a whole: kNN, linear probes, and what they
 * say without labels. Immutable; any thread.
 *
 * @param knn how the nearest vote; as many as there are, where the bank has fewer
 * @param sgd how the authors' linear probe is trained
 * @param probes which to run; those that need the network itself are not run here
 * @param seeds of the probes that draw; at least one
 */
public record FeatureExamination(
    KnnClassifier knn, SgdProbe sgd, Set<Probe> probes, List<Long> seeds) {
  public FeatureExamination {
    probes = Set.copyOf(probes);
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("no seed; valid: at least one");
    }
  }

  /**
   * Features of the images that vote and teach, and of those that are judged.
   *
   * @param bank labelled, at least one
   * @param queries at least one
   */
  public record Features(FeatureTable bank, FeatureTable queries) {
    /** As many as the highest label of either needs. */
    int classes() {
      return Math.max(bank.classes(), queries.classes());
    }
  }

  /** Told what is begun. */
  @FunctionalInterface
  public interface Steps {
    void begin(Probe probe);
  }

  /**
   * Examines.
   *
   * @param alignment measured before, from pairs of views; null without
   * @param teacher its features of the same images in the same order; null without one
   */
  public FeatureReport examine(
      Features features, @Nullable Double alignment, @Nullable Features teacher, Steps steps) {
    TreeMap<Probe, Score> scores = new TreeMap<>();
    Agreement agreement = null;
    FeatureTable queries = features.queries();
    if (probes.contains(Probe.KNN) || teacher != null) {
      steps.begin(Probe.KNN);
      Neighbours nearest = nearest(features);
      if (probes.contains(Probe.KNN)) {
        scores.put(Probe.KNN, new Score(List.of(vote(features, nearest))));
      }
      agreement = teacher == null ? null : Agreement.of(nearest, nearest(teacher));
    }
    for (Probe probe : List.of(Probe.RIDGE, Probe.LOGISTIC, Probe.SGD)) {
      if (probes.contains(probe)) {
        steps.begin(probe);
        scores.put(probe, linear(probe, features));
      }
    }
    return new FeatureReport(
        queries.dimension(),
        scores,
        FeatureStatistics.rankMe(queries.rows(), queries.dimension()),
        FeatureStatistics.meanStandardDeviation(queries.rows(), queries.dimension()),
        queries.size() < 2 ? Double.NaN : UnitSphere.uniformity(queries.rows()),
        alignment,
        agreement);
  }

  private Neighbours nearest(Features features) {
    int k = Math.min(knn.k(), features.bank().size());
    return Neighbours.search(
        features.bank().rows(), features.queries().rows(), features.bank().dimension(), k, false);
  }

  private ScoreCard vote(Features features, Neighbours nearest) {
    ScoreCard.Tally tally = new ScoreCard.Tally(features.classes());
    int[] truth = features.queries().labels();
    knn.votes(nearest, features.bank().labels(), (query, votes) -> tally.take(votes, truth[query]));
    return tally.card();
  }

  private Score linear(Probe probe, Features features) {
    List<ScoreCard> cards = new ArrayList<>();
    // only the authors' draws anything
    for (long seed : probe == Probe.SGD ? seeds : seeds.subList(0, 1)) {
      LinearClassifier layer =
          switch (probe) {
            case RIDGE -> ridge(features.bank());
            case LOGISTIC -> LogisticProbe.fit(features.bank());
            case SGD -> sgd.fit(features.bank(), seed);
            default -> throw new IllegalArgumentException(probe + " needs the network");
          };
      cards.add(ScoreCard.of(layer, features.queries(), features.classes()));
    }
    return new Score(cards);
  }

  private static LinearClassifier ridge(FeatureTable bank) {
    RidgeProbe probe = new RidgeProbe(bank.dimension());
    for (int i = 0; i < bank.size(); i++) {
      probe.add(bank.rows().get(i), bank.labels()[i]);
    }
    return probe.solve();
  }

  /**
   * Alignment: the mean squared distance of the unit features of two views of one image.
   *
   * @param pairs two views of each image, one after the other
   * @return null when the watch ended it
   */
  public static @Nullable Double alignment(
      FeatureEncoder encoder, LabelledViews pairs, int batch, EvaluationWatch watch) {
    PairDistances distances = new PairDistances();
    FeaturePass pass =
        new FeaturePass(encoder, batch, pairs, distances, done -> watch.goOn(done, pairs.count()));
    return pass.run() ? (Double) (distances.sum / distances.count) : null;
  }

  /** Adds up how far the two features of each pair are from each other. */
  private static final class PairDistances implements FeaturePass.Rows {
    private float @Nullable [] first;
    private double sum;
    private long count;

    @Override
    public void add(float[] row, int label) {
      if (first == null) {
        first = row;
        return;
      }
      sum += UnitSphere.distance(first, row);
      count++;
      first = null;
    }
  }
}
