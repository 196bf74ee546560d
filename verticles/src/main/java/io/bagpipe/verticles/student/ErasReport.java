package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.ContinualMeasures;
import io.bagpipe.model.eval.Eras.Era;
import io.bagpipe.model.eval.ProbeScore;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Eras and their scores in the terms of the operations side. */
final class ErasReport {
  private ErasReport() {}

  static ErasEvent of(long anchors, List<Era> eras) {
    JsonArray told = new JsonArray();
    for (Era era : eras) {
      JsonObject scores = new JsonObject();
      new TreeMap<>(era.scores()).forEach((in, score) -> scores.put(in.toString(), json(score)));
      told.add(
          new JsonObject()
              .put("number", era.number())
              .put("name", era.name())
              .put("began", era.began())
              .put("images", era.probes().size())
              .put("frozen", era.frozen())
              .put("scores", scores));
    }
    return new ErasEvent(anchors, told, measures(eras), Instant.now());
  }

  private static JsonObject json(ProbeScore score) {
    return new JsonObject()
        .put("knnTop1", finite(score.knnTop1()))
        .put("linearTop1", finite(score.linearTop1()))
        .put("agreement", finite(score.agreement()));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static JsonObject measures(List<Era> eras) {
    List<Era> scored = eras.stream().filter(era -> !era.scores().isEmpty()).toList();
    ContinualMeasures of = measures(scored, ProbeScore::knnTop1);
    if (of == null) {
      of = measures(scored, ProbeScore::agreement);
    }
    return new JsonObject()
        .put("averageAccuracy", of == null ? null : finite(of.averageAccuracy()))
        .put("forgetting", of == null ? null : finite(of.forgetting()))
        .put("backwardTransfer", of == null ? null : finite(of.backwardTransfer()))
        .put("forwardTransfer", of == null ? null : finite(of.forwardTransfer()));
  }

  /** Null where a set has no such score. */
  private static @Nullable ContinualMeasures measures(
      List<Era> scored, ToDoubleFunction<ProbeScore> measure) {
    int n = scored.size();
    double[][] accuracy = new double[n][n];
    for (int i = 0; i < n; i++) {
      TreeMap<Integer, ProbeScore> row = new TreeMap<>(scored.get(i).scores());
      for (int t = 0; t < n; t++) {
        // the last phase is now; in an era without an answer the one before it holds
        var cell = t == n - 1 ? row.lastEntry() : row.floorEntry(scored.get(t).number());
        cell = cell == null && t >= i ? row.firstEntry() : cell;
        accuracy[t][i] = cell == null ? Double.NaN : measure.applyAsDouble(cell.getValue());
        if (t >= i && !Double.isFinite(accuracy[t][i])) {
          return null;
        }
      }
    }
    return n == 0 ? null : ContinualMeasures.of(accuracy, null);
  }
}
