package io.bagpipe.verticles.ops.history;

import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns events into points of the history. Confined to the event loop. */
public final class Recorder {
  private static final long STAGE_PERIOD_MILLIS = 2_000;
  private static final List<String> STAGE_FIELDS =
      List.of("ratePerSecond", "busy", "queue", "lag", "gateClosed");

  private final HistoryStore store;
  private final Map<Stage, Long> sampled = new EnumMap<>(Stage.class);

  public Recorder(HistoryStore store) {
    this.store = store;
  }

  /** The series and their fields. */
  public static Map<String, List<String>> series() {
    Map<String, List<String>> series = new LinkedHashMap<>();
    series.put("step", List.of("anchors", "loss", "learningRate", "anchorsPerSecond"));
    series.put("evaluation", List.of("anchors", "knnTop1", "linearTop1", "rankMe", "featureStd"));
    series.put("index", List.of("size", "live", "bytes", "purity", "meanSimilarity"));
    for (Stage stage : Stage.values()) {
      series.put("stage-" + stage.id(), STAGE_FIELDS);
    }
    return series;
  }

  /**
   * Records what belongs into the history.
   *
   * @param lag of the stage's input, where this is a stage's event
   */
  public void record(OpsEvent event, long lag) {
    long at = event.at().toEpochMilli();
    if (event instanceof StepEvent e) {
      store.add("step", at, fields(e));
    } else if (event instanceof EvaluationEvent e) {
      store.add(
          "evaluation",
          at,
          (double) e.anchors(),
          orNaN(e.knnTop1()),
          orNaN(e.linearTop1()),
          e.rankMe(),
          e.featureStd());
    } else if (event instanceof IndexEvent e) {
      store.add(
          "index",
          at,
          (double) e.size(),
          (double) e.live(),
          (double) e.bytes(),
          orNaN(e.purity()),
          e.meanSimilarity());
    } else if (event instanceof StageEvent e && due(e.stage(), at)) {
      store.add(
          "stage-" + e.stage().id(),
          at,
          e.flow().ratePerSecond(),
          e.busy(),
          e.queue().size(),
          lag < 0 ? Double.NaN : lag,
          e.gate() == Gate.CLOSED ? 1 : 0);
    }
  }

  private static Map<String, Double> fields(StepEvent e) {
    Map<String, Double> fields = new LinkedHashMap<>();
    fields.put("anchors", (double) e.anchors());
    fields.put("loss", e.loss());
    fields.put("learningRate", e.learningRate());
    fields.put("anchorsPerSecond", e.anchorsPerSecond());
    e.terms().forEach((term, value) -> fields.put(field(term), value));
    return fields;
  }

  /** The field of a term of the loss, whatever the objective calls it: {@code lossQuery}. */
  static String field(String term) {
    return "loss" + term.substring(0, 1).toUpperCase(Locale.ROOT) + term.substring(1);
  }

  private boolean due(Stage stage, long at) {
    Long last = sampled.get(stage);
    // A clock set back must not silence the recorder.
    if (last != null && at >= last && at - last < STAGE_PERIOD_MILLIS) {
      return false;
    }
    sampled.put(stage, at);
    return true;
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
