package io.bagpipe.model.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Streams whose changes are known, made of groups of images: in phases of one group each. Where a
 * group has fewer images than a phase takes, they come again.
 */
public final class KnownStreams {
  private static final int RECURRENCES = 3;

  private final List<List<float[]>> groups;
  private final int images;

  /** How the groups follow each other. */
  public enum Order {
    /** A phase a group. */
    PHASES,
    /** As many images, of all groups alike: nothing changes. */
    SHUFFLED,
    /** The first and the second group in turn, three times each. */
    RECURRING,
    /**
     * A phase of the first group, one in which the second takes its place evenly, and one of the
     * second: the change is its beginning, and as the reference after an alarm is of the mixture,
     * some more may be seen.
     */
    GRADUAL
  }

  /**
   * @param groups at least two, none empty
   * @param images of a phase
   */
  public KnownStreams(List<List<float[]>> groups, int images) {
    this.groups = groups;
    this.images = images;
  }

  /** A stream; the same for the same seed. The first has the groups as they stand. */
  public DriftBench.Stream of(Order order, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> shuffled = new ArrayList<>();
    groups.forEach(group -> shuffled.add(new ArrayList<>(group)));
    shuffled.forEach(group -> Collections.shuffle(group, random));
    if (seed != 1) {
      Collections.shuffle(shuffled, random);
    }
    List<float[]> vectors = new ArrayList<>();
    List<Integer> changes = new ArrayList<>();
    switch (order) {
      case PHASES -> shuffled.forEach(group -> phase(group, 0, vectors, changes));
      case SHUFFLED -> {
        List<float[]> all = new ArrayList<>();
        shuffled.forEach(all::addAll);
        Collections.shuffle(all, random);
        for (int i = 0; i < images * groups.size(); i++) {
          vectors.add(all.get(i % all.size()));
        }
      }
      case RECURRING -> {
        for (int i = 0; i < RECURRENCES; i++) {
          phase(shuffled.get(0), i * images, vectors, changes);
          phase(shuffled.get(1), i * images, vectors, changes);
        }
      }
      case GRADUAL -> gradual(shuffled.get(0), shuffled.get(1), random, vectors, changes);
    }
    return new DriftBench.Stream(vectors.toArray(new float[0][]), changes);
  }

  private void phase(List<float[]> group, int from, List<float[]> vectors, List<Integer> changes) {
    if (!vectors.isEmpty()) {
      changes.add(vectors.size());
    }
    for (int i = from; i < from + images; i++) {
      vectors.add(group.get(i % group.size()));
    }
  }

  private void gradual(
      List<float[]> first,
      List<float[]> second,
      Random random,
      List<float[]> vectors,
      List<Integer> changes) {
    changes.add(images);
    for (int i = 0; i < 3 * images; i++) {
      double share = (i - images) / (double) images;
      List<float[]> of = random.nextDouble() < share ? second : first;
      vectors.add(of.get(i % of.size()));
    }
  }
}
