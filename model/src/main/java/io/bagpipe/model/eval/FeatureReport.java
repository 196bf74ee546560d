package io.bagpipe.model.eval;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one network's features are worth.
 *
 * @param dimension values of a feature
 * @param scores by {@link Probe}
 * @param rankMe effective rank of the queries' features
 * @param featureStd mean standard deviation of a dimension of the unit features
 * @param uniformity of the queries' unit features, Wang and Isola; NaN of fewer than two
 * @param alignment of two random views of each query; null where none were looked at
 * @param agreement with the teacher; null where there is none, and of the teacher itself
 */
public record FeatureReport(
    int dimension,
    SortedMap<Probe, Score> scores,
    double rankMe,
    double featureStd,
    double uniformity,
    @Nullable Double alignment,
    @Nullable Agreement agreement) {

  /** How labels are read off features, in the order of reports. */
  public enum Probe {
    /** Weighted vote of the nearest. */
    KNN,
    /** {@link RidgeProbe}. */
    RIDGE,
    /** {@link LogisticProbe}. */
    LOGISTIC,
    /** {@link SgdProbe}. */
    SGD,
    /** {@link FineTuning} of the whole network on a hundredth of the labels. */
    FINETUNE_1,
    /** The same on a tenth. */
    FINETUNE_10;

    /** In lower case, for documents. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Whether two networks find the same images alike, over all queries.
   *
   * @param nearest part of them whose nearest image of the bank is the same
   * @param overlap mean part of the k nearest that both name
   * @param k neighbours
   */
  public record Agreement(double nearest, double overlap, int k) {
    static Agreement of(Neighbours one, Neighbours other) {
      int queries = one.ids().length / one.k();
      long same = 0;
      long shared = 0;
      for (int query = 0; query < queries; query++) {
        int first = query * one.k();
        same += one.ids()[first] == other.ids()[first] ? 1 : 0;
        for (int i = first; i < first + one.k(); i++) {
          for (int j = first; j < first + one.k(); j++) {
            shared += one.ids()[i] == other.ids()[j] ? 1 : 0;
          }
        }
      }
      return new Agreement(same / (double) queries, shared / ((double) queries * one.k()), one.k());
    }
  }

  public FeatureReport {
    scores = new TreeMap<>(scores);
  }

  /** The same with one score more. */
  public FeatureReport with(Probe probe, Score score) {
    TreeMap<Probe, Score> more = new TreeMap<>(scores);
    more.put(probe, score);
    return new FeatureReport(dimension, more, rankMe, featureStd, uniformity, alignment, agreement);
  }
}
