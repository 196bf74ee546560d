package io.bagpipe.verticles.demo;

import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run's events say over time. Thread-safe. */
public final class Curves {
  private static final int EDGE = 10;

  private final List<StepEvent> steps = new ArrayList<>();
  private final List<EvaluationEvent> evaluations = new ArrayList<>();

  synchronized void add(OpsEvent event) {
    if (event instanceof StepEvent step) {
      steps.add(step);
    } else if (event instanceof EvaluationEvent evaluation) {
      evaluations.add(evaluation);
    }
  }

  public synchronized List<StepEvent> steps() {
    return List.copyOf(steps);
  }

  public synchronized List<EvaluationEvent> evaluations() {
    return List.copyOf(evaluations);
  }

  /** Mean loss of the first reported steps, or NaN before there is one. */
  public synchronized double lossStart() {
    return mean(steps.subList(0, Math.min(EDGE, steps.size())));
  }

  /** Mean loss of the last reported steps, or NaN before there is one. */
  public synchronized double lossEnd() {
    return mean(steps.subList(Math.max(0, steps.size() - EDGE), steps.size()));
  }

  /** kNN top-1 of the first evaluation, NaN before it. */
  public synchronized double knnStart() {
    return evaluations.isEmpty() ? Double.NaN : orNaN(evaluations.get(0).knnTop1());
  }

  /** kNN top-1 of the newest evaluation, NaN before the first. */
  public synchronized double knnEnd() {
    return evaluations.isEmpty()
        ? Double.NaN
        : orNaN(evaluations.get(evaluations.size() - 1).knnTop1());
  }

  /** Linear top-1 of the first evaluation, NaN before it. */
  public synchronized double linearStart() {
    return evaluations.isEmpty() ? Double.NaN : orNaN(evaluations.get(0).linearTop1());
  }

  /** Linear top-1 of the newest evaluation, NaN before the first. */
  public synchronized double linearEnd() {
    return evaluations.isEmpty()
        ? Double.NaN
        : orNaN(evaluations.get(evaluations.size() - 1).linearTop1());
  }

  private static double orNaN(@Nullable Double top1) {
    return top1 == null ? Double.NaN : top1;
  }

  private static double mean(List<StepEvent> of) {
    return of.stream().mapToDouble(StepEvent::loss).average().orElse(Double.NaN);
  }
}
