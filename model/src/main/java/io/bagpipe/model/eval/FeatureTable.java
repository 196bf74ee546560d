package io.bagpipe.model.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Features of labelled images, kept as a whole: what probes that look at a feature more than once
 * need. Pixels are not kept. Immutable in use.
 *
 * @param rows of this dimension, not normalised
 * @param labels [rows], 0 or more
 */
public record FeatureTable(List<float[]> rows, int[] labels, int dimension) {
  /** Of the heap, for all tables together: the rest is for what is computed on them. */
  private static final double HEAP_SHARE = 0.6;

  public FeatureTable {
    if (rows.size() != labels.length) {
      throw new IllegalArgumentException(rows.size() + " features, " + labels.length + " labels");
    }
  }

  /**
   * Looks at images through a network.
   *
   * @param batch images a pass
   * @return null when the watch ended it
   * @throws EvaluationException when no image can be read
   */
  public static @Nullable FeatureTable of(
      FeatureEncoder encoder, LabelledViews views, int batch, EvaluationWatch watch) {
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    FeaturePass pass =
        new FeaturePass(
            encoder,
            batch,
            views,
            (row, label) -> {
              rows.add(row);
              labels.add(label);
            },
            done -> watch.goOn(done, views.count()));
    return pass.run()
        ? new FeatureTable(
            rows, labels.stream().mapToInt(Integer::intValue).toArray(), encoder.dimension())
        : null;
  }

  /**
   * Refuses more features than this process's heap has room for.
   *
   * @param images of all tables that are kept together
   * @param dimension of the longest features
   * @throws EvaluationException in one line that says what fits
   */
  public static void requireRoom(long images, int dimension) {
    long each = 4L * dimension + 64;
    long most = (long) (HEAP_SHARE * Runtime.getRuntime().maxMemory()) / each;
    if (images > most) {
      throw new EvaluationException(
          "features of %,d images of %d values are more than this heap holds, %,d; take fewer with --bank and --queries, or set BAGPIPE_JAVA_OPTS=-Xmx…"
              .formatted(images, dimension, most));
    }
  }

  int size() {
    return labels.length;
  }

  /** One more than the highest label. */
  int classes() {
    return Arrays.stream(labels).max().orElse(-1) + 1;
  }
}
