package io.bagpipe.model.bench;

import io.bagpipe.model.drift.Change;
import io.bagpipe.model.drift.DetectorConfig;
import io.bagpipe.model.drift.DriftDetector;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** Delays and false alarms of drift detection on a stream whose changes are known. */
public final class DriftBench {
  private final DetectorConfig config;
  private final long seed;

  /**
   * A stream.
   *
   * @param vectors of its images, in order
   * @param changes images before each change, rising
   */
  public record Stream(float[][] vectors, List<Integer> changes) {}

  /**
   * What was found.
   *
   * @param delays images from each change to the first alarm after it; −1: none before the next
   *     change
   * @param falseAlarms alarms that are not the first after a change
   * @param microsecondsAnImage processor time
   */
  public record Result(List<Integer> delays, int falseAlarms, double microsecondsAnImage) {}

  public DriftBench(DetectorConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  public Result run(Stream stream) {
    DriftDetector detector = new DriftDetector(config, stream.vectors()[0].length, seed);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    List<Change> found = new ArrayList<>();
    for (float[] vector : stream.vectors()) {
      detector.add(vector).ifPresent(found::add);
    }
    double micros = (threads.getCurrentThreadCpuTime() - began) / 1e3 / stream.vectors().length;
    List<Integer> delays = new ArrayList<>();
    int explained = 0;
    for (int i = 0; i < stream.changes().size(); i++) {
      int from = stream.changes().get(i);
      long to = i + 1 < stream.changes().size() ? stream.changes().get(i + 1) : Long.MAX_VALUE;
      int delay =
          found.stream()
              .filter(change -> change.images() > from && change.images() <= to)
              .mapToInt(change -> (int) (change.images() - from))
              .findFirst()
              .orElse(-1);
      delays.add(delay);
      explained += delay < 0 ? 0 : 1;
    }
    return new Result(delays, found.size() - explained, micros);
  }
}
