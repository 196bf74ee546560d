package io.bagpipe.model.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws some of the images that have a label, of each label the same share (Hamilton's method of
 * largest remainders, to the image). Which ones is a function of ids, labels and seed: those with
 * the least hashes. Reads labels and no image; memory grows by some 24 bytes an image of the
 * source.
 */
public final class StratifiedDraw {
  private final int[] images;
  private final int[] strata;
  private final long[] hashes;
  private final int labels;

  private StratifiedDraw(ImageSource source, long seed) throws IOException {
    int[] found = new int[source.size()];
    int[] stratum = new int[source.size()];
    Map<String, Integer> numbers = new HashMap<>();
    int labelled = 0;
    for (int i = 0; i < source.size(); i++) {
      String label = source.label(i);
      if (label != null) {
        found[labelled] = i;
        stratum[labelled++] = numbers.computeIfAbsent(label, name -> numbers.size());
      }
    }
    images = Arrays.copyOf(found, labelled);
    strata = stratum;
    labels = numbers.size();
    hashes = new long[labelled];
    for (int i = 0; i < labelled; i++) {
      hashes[i] = IdHash.of(source.id(images[i]), seed);
    }
  }

  /**
   * Draws.
   *
   * @param most how many are wanted; all that have a label, where there are no more
   * @return their places in the source, in its order
   */
  public static int[] of(ImageSource source, int most, long seed) throws IOException {
    StratifiedDraw draw = new StratifiedDraw(source, seed);
    return draw.images.length <= most ? draw.images : draw.choose(most);
  }

  private int[] choose(int most) {
    long[] sizes = sizes();
    int[] quotas = quotas(most, sizes);
    long[] highest = highest(quotas, sizes);
    return IntStream.range(0, images.length)
        .filter(i -> hashes[i] <= highest[strata[i]] && quotas[strata[i]]-- > 0)
        .map(i -> images[i])
        .toArray();
  }

  private long[] sizes() {
    long[] sizes = new long[labels];
    for (int i = 0; i < images.length; i++) {
      sizes[strata[i]]++;
    }
    return sizes;
  }

  /** Of each label the hash of the last that is chosen. */
  private long[] highest(int[] quotas, long[] sizes) {
    int[] next = new int[labels];
    for (int label = 1; label < labels; label++) {
      next[label] = next[label - 1] + (int) sizes[label - 1];
    }
    int[] starts = next.clone();
    long[] grouped = new long[images.length];
    for (int i = 0; i < images.length; i++) {
      grouped[next[strata[i]]++] = hashes[i];
    }
    long[] highest = new long[labels];
    for (int label = 0; label < labels; label++) {
      Arrays.sort(grouped, starts[label], next[label]);
      highest[label] =
          quotas[label] == 0 ? Long.MIN_VALUE : grouped[starts[label] + quotas[label] - 1];
    }
    return highest;
  }

  /** Of each label, rounded down; then one more of those that lost most by that. */
  private int[] quotas(int most, long[] sizes) {
    int[] quotas = new int[labels];
    int given = 0;
    for (int label = 0; label < labels; label++) {
      quotas[label] = (int) (most * sizes[label] / images.length);
      given += quotas[label];
    }
    List<Integer> byRemainder =
        IntStream.range(0, labels)
            .boxed()
            .sorted(Comparator.comparingLong(label -> -(most * sizes[label] % images.length)))
            .toList();
    for (int label : byRemainder.subList(0, most - given)) {
      quotas[label]++;
    }
    return quotas;
  }
}
