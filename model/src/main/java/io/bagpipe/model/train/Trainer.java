package io.bagpipe.model.train;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.eval.BatchMeasures;
import io.bagpipe.model.eval.StudentAlarms;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a student: the objective makes the passes, then one update by the schedule, then the
 * objective takes note of it.
 *
 * <p>Confined to the training thread. The engine stays its maker's; the trainer owns, and closes,
 * its objective. A trainer whose step failed halfway is finished: it takes no further step and
 * gives no state until {@link #restore}, because the passes have already touched the running
 * statistics, and the objective what it keeps of a pass.
 */
public final class Trainer implements AutoCloseable {
  private final StudentEngine engine;
  private final TrainerConfig config;
  private final CosineSchedule schedule;
  private final ObjectiveProvider kind;
  private final Objective objective;
  private long step;
  private long anchors;
  private StreamChanges changes = StreamChanges.NONE;
  private @Nullable String broken;

  /**
   * @param kind of objective, which is made here
   */
  public Trainer(
      StudentEngine engine,
      TrainerConfig config,
      ObjectiveProvider kind,
      ObjectiveConfig objective) {
    this.engine = engine;
    this.config = config;
    this.schedule = config.schedule();
    this.kind = kind;
    this.objective = kind.create(objective, engine);
  }

  /** Steps done. */
  public long step() {
    return step;
  }

  /** Anchors trained, by all ranks. */
  public long anchors() {
    return anchors;
  }

  /** What it learns by. */
  public ObjectiveProvider objective() {
    return kind;
  }

  /**
   * One step on one batch.
   *
   * @throws NotFiniteException when a term or its gradient is not finite; parameters, velocities
   *     and the counts are then as before
   */
  public StepReport step(AnchorBatch batch) {
    requireSound();
    check(batch);
    double rate = schedule.at(anchors - changes.restarted());
    broken = "step " + (step + 1) + " did not finish";
    StepLoss loss = objective.passes(this::pass, batch, now());
    engine.update((float) rate, config.momentum(), config.weightDecay());
    objective.updated(batch);
    step++;
    anchors += (long) batch.size() * engine.rank().of();
    broken = null;
    return new StepReport(step, anchors, loss, rate);
  }

  private Objective.Moment now() {
    return new Objective.Moment(step, anchors, engine.rank().index());
  }

  /**
   * Takes note of a change of the stream, between two steps.
   *
   * @param name of the change
   * @param restart whether the learning rate begins anew with the next step (SGDR: Loshchilov,
   *     Hutter, ICLR 2017)
   */
  public void changed(String name, boolean restart) {
    requireSound();
    changes = changes.with(name, anchors, restart);
  }

  /** The changes of the stream that were met. */
  public StreamChanges changes() {
    return changes;
  }

  /**
   * Measures the student on a batch that it is about to be trained on: {@link BatchMeasures} in
   * evaluation mode, what the objective knows of the step, and {@code floor_TERM}, what a term
   * cannot fall below. Costs two passes in evaluation mode; changes nothing.
   *
   * @return nothing for an objective without query views, or of a single anchor
   */
  public Map<String, Double> measure(AnchorBatch batch) {
    requireSound();
    check(batch);
    if (batch.length(Ingredient.QUERY_VIEW) < 0 || batch.size() < 2) {
      return Map.of();
    }
    byte[] views = batch.view(Ingredient.QUERY_VIEW);
    Map<String, Double> measures =
        new LinkedHashMap<>(
            BatchMeasures.of(
                engine.features(views, batch.size()),
                engine.embed(views, batch.size()),
                teacher(batch),
                batch.size()));
    Outlook outlook = objective.outlook(batch, now());
    measures.putAll(outlook.measures());
    outlook.floors().forEach((term, floor) -> measures.put(StudentAlarms.FLOOR + term, floor));
    return measures;
  }

  /** Of the query view if there is one, else of the other view of the same image. */
  private static float @Nullable [] teacher(AnchorBatch batch) {
    return Stream.of(Ingredient.QUERY_EMBEDDING, Ingredient.KEY_EMBEDDING)
        .filter(embedding -> batch.length(embedding) >= 0)
        .findFirst()
        .map(batch::vectors)
        .orElse(null);
  }

  private double pass(String name, byte[] pixels, int batch, Passes.Term term) {
    TermResult result = term.of(engine.forward(pixels, batch));
    if (!result.isFinite()) {
      throw broken(
          "step "
              + (step + 1)
              + ": the loss of the "
              + name
              + " views is "
              + result.loss()
              + (Double.isFinite(result.loss()) ? " and its gradient not finite" : ""));
    }
    engine.backward(result.gradient());
    return result.loss();
  }

  /**
   * A copy of the state between two steps.
   *
   * @throws NotFiniteException when a parameter, statistic, velocity or a value that the objective
   *     keeps is not finite
   */
  public TrainerState snapshot() {
    requireSound();
    TrainerState state =
        new TrainerState(
            step, anchors, engine.state(), engine.velocities(), objective.state(), changes);
    requireFinite("", state.network());
    requireFinite("velocity of ", state.velocities());
    requireFinite(kind.name() + "'s ", state.objective().tensors());
    return state;
  }

  /**
   * Replaces the state; the steps that follow are bit for bit those of the one snapshot.
   *
   * @throws IllegalArgumentException when the state is of another objective or network
   */
  public void restore(TrainerState state) {
    if (!state.objective().objective().equals(kind.name())) {
      throw new IllegalArgumentException(
          "the state of a student trained by "
              + state.objective().objective()
              + " where train.objective is "
              + kind.name());
    }
    if (broken != null) {
      // drops the gradients that the failed step left; all that this changes is loaded anew below
      engine.update(0, 0, 0);
    }
    objective.restore(state.objective());
    engine.load(state.network());
    engine.loadVelocities(state.velocities());
    step = state.step();
    anchors = state.anchors();
    changes = state.changes();
    broken = null;
  }

  private void check(AnchorBatch batch) {
    StringJoiner wrong = new StringJoiner(", ");
    for (Ingredient needed : kind.needs()) {
      int expected = Math.multiplyExact(batch.size(), valuesOf(needed));
      if (batch.length(needed) != expected) {
        wrong.add(needed + " of " + batch.length(needed) + " values where " + expected + " go");
      }
    }
    if (batch.size() < 1 || wrong.length() > 0) {
      throw new IllegalArgumentException("a batch of " + batch.size() + " anchors with " + wrong);
    }
  }

  private int valuesOf(Ingredient ingredient) {
    return switch (ingredient.kind()) {
      case PIXELS -> engine.inputSize() * engine.inputSize() * 3;
      case VECTOR -> engine.embeddingDimension();
    };
  }

  private void requireSound() {
    if (broken != null) {
      throw new IllegalStateException("this trainer has stopped: " + broken);
    }
  }

  private void requireFinite(String what, StateDict state) {
    for (Tensor tensor : state.tensors()) {
      for (float value : tensor.data()) {
        if (!Float.isFinite(value)) {
          throw broken("after step " + step + ": " + what + tensor.name() + " holds " + value);
        }
      }
    }
  }

  private NotFiniteException broken(String why) {
    broken = why;
    return new NotFiniteException(why);
  }

  @Override
  public void close() {
    objective.close();
  }
}
