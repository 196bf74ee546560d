package io.bagpipe.model.eval;

import io.bagpipe.model.random.ImageCoordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The eras of a stream, as a student meets them: when each began, which held-out images make its
 * probe set, and how the student did on every set in every era. A fold over what is met, in its
 * order; what is met again after a rewind changes nothing. Not thread-safe.
 */
public final class Eras {
  /** Eras that are remembered; the oldest go. */
  public static final int MOST = 20;

  /** The name of the first era. */
  public static final String FIRST = "start";

  private final int probes;
  private final long leastAnchors;
  private final TreeMap<Integer, Era> eras = new TreeMap<>();

  /**
   * An era.
   *
   * @param number from 0
   * @param began anchors trained until then
   * @param pushed when the image was pushed that it began with, epoch milliseconds; 0: not known
   * @param frozen whether its probe set is whole, and never changes again
   * @param probes its set, in the order they came
   * @param scores of its set, by the number of the era in which the student had them last
   */
  public record Era(
      int number,
      String name,
      long began,
      long pushed,
      boolean frozen,
      List<ImageCoordinates> probes,
      Map<Integer, ProbeScore> scores) {
    public Era {
      probes = List.copyOf(probes);
      scores = Map.copyOf(scores);
    }

    private Era with(List<ImageCoordinates> set, boolean whole) {
      return new Era(number, name, began, pushed, whole, set, scores);
    }

    private Era with(Map<Integer, ProbeScore> all) {
      return new Era(number, name, began, pushed, frozen, probes, all);
    }
  }

  /**
   * The first era begins.
   *
   * @param probes images of a set, at most
   * @param leastAnchors that an era has before another may begin
   */
  public Eras(int probes, long leastAnchors) {
    this.probes = probes;
    this.leastAnchors = leastAnchors;
    eras.put(0, new Era(0, FIRST, 0, 0, false, List.of(), Map.of()));
  }

  /** Goes on from eras of before, of which there is at least one. */
  public void restore(List<Era> before) {
    if (before.isEmpty()) {
      throw new IllegalArgumentException("no era to go on from");
    }
    eras.clear();
    before.forEach(era -> eras.put(era.number(), era));
  }

  /** All that are remembered, in order. */
  public List<Era> all() {
    return List.copyOf(eras.values());
  }

  /**
   * Of an era that nothing has said the time of: it began with this image.
   *
   * @return when it began, epoch milliseconds
   */
  public long dated(long pushed) {
    Era now = current();
    if (now.pushed() == 0) {
      eras.put(
          now.number(),
          new Era(
              now.number(),
              now.name(),
              now.began(),
              pushed,
              now.frozen(),
              now.probes(),
              now.scores()));
    }
    return current().pushed();
  }

  /** The one that the stream is in. */
  public Era current() {
    return eras.lastEntry().getValue();
  }

  /** Whether an era of this name may begin now: no other has had it, and the current is old. */
  public boolean mayBegin(String name, long anchors) {
    return anchors - current().began() >= leastAnchors
        && eras.values().stream().noneMatch(era -> era.name().equals(name));
  }

  /**
   * Ends the current era: of a set that is large enough to be asked about nothing changes any more.
   */
  public void end() {
    Era now = current();
    if (!now.frozen() && now.probes().size() >= ProbeExam.LEAST) {
      eras.put(now.number(), now.with(now.probes(), true));
    }
  }

  /**
   * The next era begins.
   *
   * @param anchors trained until here
   * @param pushed epoch milliseconds; 0: not known
   */
  public void begin(String name, long anchors, long pushed) {
    end();
    int number = current().number() + 1;
    eras.put(number, new Era(number, name, anchors, pushed, false, List.of(), Map.of()));
    while (eras.size() > MOST) {
      eras.pollFirstEntry();
    }
  }

  /**
   * A held-out image comes by.
   *
   * @return whether it is in the current era's set from now on
   */
  public boolean take(ImageCoordinates image) {
    Era now = current();
    if (now.frozen() || eras.values().stream().anyMatch(era -> era.probes().contains(image))) {
      return false; // also where a topic was made anew: what an era's set has stays what it is
    }
    List<ImageCoordinates> set = new ArrayList<>(now.probes());
    set.add(image);
    eras.put(now.number(), now.with(set, set.size() >= probes));
    return true;
  }

  /** The student did so on an era's set, now. */
  public void scored(int number, ProbeScore score) {
    Era era = eras.get(number);
    if (era == null || !era.frozen()) {
      throw new IllegalArgumentException("era " + number + " has no probe set");
    }
    Map<Integer, ProbeScore> all = new TreeMap<>(era.scores());
    all.put(current().number(), score);
    eras.put(number, era.with(all));
  }
}
