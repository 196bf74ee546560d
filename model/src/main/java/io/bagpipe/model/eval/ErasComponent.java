package io.bagpipe.model.eval;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.eval.Eras.Era;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.random.ImageCoordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Eras as a component of a checkpoint, and back; counters alone, of era N: {@code N.began}, {@code
 * N.pushed}, {@code N.frozen}, {@code N.name.NAME}, {@code N.probe.PARTITION-OFFSET} with its place
 * in the set, {@code N.knn.T}, {@code N.linear.T} and {@code N.agreement.T} with the bits of the
 * score in era T.
 */
public final class ErasComponent {
  private static final String BEGAN = "began";
  private static final String PUSHED = "pushed";
  private static final String FROZEN = "frozen";
  private static final String NAME = "name";
  private static final String PROBE = "probe";
  private static final String KNN = "knn";
  private static final String LINEAR = "linear";
  private static final String AGREEMENT = "agreement";

  private ErasComponent() {}

  /** What there is to remember. */
  public static Component of(List<Era> eras) {
    Map<String, Long> counters = new TreeMap<>();
    for (Era era : eras) {
      String at = era.number() + ".";
      counters.put(at + BEGAN, era.began());
      counters.put(at + PUSHED, era.pushed());
      counters.put(at + FROZEN, era.frozen() ? 1L : 0L);
      counters.put(at + NAME + "." + era.name(), 1L);
      for (int i = 0; i < era.probes().size(); i++) {
        ImageCoordinates image = era.probes().get(i);
        counters.put(at + PROBE + "." + image.partition() + "-" + image.offset(), (long) i);
      }
      era.scores()
          .forEach(
              (in, score) -> {
                counters.put(at + KNN + "." + in, bits(score.knnTop1()));
                counters.put(at + LINEAR + "." + in, bits(score.linearTop1()));
                counters.put(at + AGREEMENT + "." + in, bits(score.agreement()));
              });
    }
    return Component.of(Components.ERAS, "", new StateDict(), counters);
  }

  private static long bits(double value) {
    return Double.doubleToLongBits(value);
  }

  /**
   * Reads it back.
   *
   * @throws CheckpointException when it is not what {@link #of} makes
   */
  public static List<Era> read(Component component) {
    TreeMap<Integer, Read> read = new TreeMap<>();
    try {
      component
          .counters()
          .forEach(
              (counter, value) -> {
                String[] path = counter.split("\\.", 3);
                int number = Integer.parseInt(path[0]);
                read.computeIfAbsent(number, n -> new Read())
                    .take(path[1], path.length < 3 ? "" : path[2], value);
              });
      List<Era> eras = new ArrayList<>();
      read.forEach((number, one) -> eras.add(one.era(number)));
      return eras;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new CheckpointException("its eras cannot be read: " + e.getMessage(), e);
    }
  }

  /** An era as it is read. */
  private static final class Read {
    private String name = "";
    private long began;
    private long pushed;
    private boolean frozen;
    private final TreeMap<Long, ImageCoordinates> probes = new TreeMap<>();
    private final Map<Integer, double[]> scores = new TreeMap<>();

    void take(String what, String which, long value) {
      switch (what) {
        case BEGAN -> began = value;
        case PUSHED -> pushed = value;
        case FROZEN -> frozen = value == 1;
        case NAME -> name = which;
        case PROBE -> {
          int dash = which.indexOf('-');
          probes.put(
              value,
              new ImageCoordinates(
                  Integer.parseInt(which.substring(0, dash)),
                  Long.parseLong(which.substring(dash + 1))));
        }
        case KNN -> score(which)[0] = Double.longBitsToDouble(value);
        case LINEAR -> score(which)[1] = Double.longBitsToDouble(value);
        case AGREEMENT -> score(which)[2] = Double.longBitsToDouble(value);
        default -> throw new IllegalArgumentException("counter " + what);
      }
    }

    private double[] score(String in) {
      return scores.computeIfAbsent(
          Integer.valueOf(in), era -> new double[] {Double.NaN, Double.NaN, Double.NaN});
    }

    Era era(int number) {
      Map<Integer, ProbeScore> all = new TreeMap<>();
      scores.forEach((in, of) -> all.put(in, new ProbeScore(of[0], of[1], of[2])));
      return new Era(number, name, began, pushed, frozen, List.copyOf(probes.values()), all);
    }
  }
}
