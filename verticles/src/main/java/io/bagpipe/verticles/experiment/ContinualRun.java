package io.bagpipe.verticles.experiment;

import io.bagpipe.model.eval.ContinualMeasures;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.experiment.StreamOrder.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One student on one stream of eras, judged on all of them before it and after each. Used once. */
public final class ContinualRun {
  private static final int SAID = 500;

  private final BagpipeConfig config;
  private final Laboratory laboratory;
  private final StreamEras eras;
  private final Stream stream;

  public ContinualRun(BagpipeConfig config, Laboratory laboratory, StreamEras eras, Stream stream) {
    this.config = config;
    this.laboratory = laboratory;
    this.eras = eras;
    this.stream = stream;
  }

  /**
   * Runs it.
   *
   * @param now told what it is doing, for people
   * @return figures for JSON: {@code knn} over all held-out images in the end; the measures of
   *     {@link ContinualMeasures}; {@code matrix}, a row after each era, and {@code untrained};
   *     {@code after_eras}, the kNN over all; {@code seconds} without judging; {@code memory_bytes}
   *     of what is remembered
   */
  public Map<String, Object> run(Consumer<String> now) throws IOException, InterruptedException {
    try (TeacherEncoder teacher = laboratory.teacher(config);
        Training training = Training.of(config, teacher, laboratory.source().sha256())) {
      now.accept("judging the untrained student");
      StreamEras.Marks untrained = eras.judge(training.pupil().engine());
      double[][] matrix = new double[stream.ends().length][];
      List<Double> overall = new ArrayList<>();
      long nanos = 0;
      int at = 0;
      for (int phase = 0; phase < matrix.length; phase++) {
        long began = System.nanoTime();
        for (; at < stream.ends()[phase]; at++) {
          training.push(eras.read(stream.images()[at]));
          if (at % SAID == 0) {
            now.accept("%,d of %,d images".formatted(at, stream.images().length));
          }
        }
        training.flush();
        nanos += System.nanoTime() - began;
        now.accept("judging after era %d of %d".formatted(phase + 1, matrix.length));
        StreamEras.Marks marks = eras.judge(training.pupil().engine());
        matrix[phase] = marks.eras();
        overall.add(marks.overall());
      }
      return figures(training, matrix, overall, untrained, nanos / 1e9);
    }
  }

  private Map<String, Object> figures(
      Training training,
      double[][] matrix,
      List<Double> overall,
      StreamEras.Marks untrained,
      double seconds) {
    ContinualMeasures measures = ContinualMeasures.of(matrix, untrained.eras());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("knn", overall.get(overall.size() - 1));
    all.put("average_accuracy", measures.averageAccuracy());
    all.put("forgetting", measures.forgetting());
    all.put("worst_forgetting", worst(matrix));
    all.put("backward_transfer", measures.backwardTransfer());
    all.put("forward_transfer", measures.forwardTransfer());
    all.put("eras", eras.names());
    all.put("matrix", Arrays.stream(matrix).map(ContinualRun::list).toList());
    all.put("untrained", list(untrained.eras()));
    all.put("untrained_knn", untrained.overall());
    all.put("after_eras", overall);
    all.put("images", training.pushed());
    all.put("anchors", training.pupil().anchors());
    all.put("rehearsed", training.pupil().rehearsed());
    all.put("refused", training.refused());
    all.put("memory_bytes", training.rememberedBytes());
    all.put("seconds", seconds);
    return all;
  }

  /** The most that was forgotten of any era but the last: what its mean may hide. */
  static double worst(double[][] matrix) {
    double worst = Double.NEGATIVE_INFINITY;
    double[] last = matrix[matrix.length - 1];
    for (int era = 0; era < matrix.length - 1; era++) {
      for (int phase = era; phase < matrix.length; phase++) {
        worst = Math.max(worst, matrix[phase][era] - last[era]);
      }
    }
    return worst;
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
