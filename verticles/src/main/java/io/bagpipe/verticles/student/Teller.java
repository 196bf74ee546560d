package io.bagpipe.verticles.student;

import io.bagpipe.model.train.StreamChanges;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.config.DriftConfig.Reaction;
import io.bagpipe.verticles.ops.events.DriftReachedEvent;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.eventbus.EventBus;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what the training thread says, on which it is called. */
final class Teller implements StudentLoop.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Teller.class);

  private final EventBus bus;
  private final Tracing tracing;
  private final Makers makers;
  private final Reaction reaction;
  private final Seat seat;
  private final Registrar registrar;
  private final DeadLetterSender deadLetters;
  private final BooleanSupplier stopping;

  /**
   * @param reaction to a change of the stream
   * @param seat that the student is trained in
   * @param stopping whether nobody waits for dead letters any more
   */
  Teller(
      EventBus bus,
      Tracing tracing,
      Makers makers,
      Reaction reaction,
      Seat seat,
      Registrar registrar,
      DeadLetterSender deadLetters,
      BooleanSupplier stopping) {
    this.bus = bus;
    this.tracing = tracing;
    this.makers = makers;
    this.reaction = reaction;
    this.seat = seat;
    this.registrar = registrar;
    this.deadLetters = deadLetters;
    this.stopping = stopping;
  }

  private void tell(OpsEvent event) {
    event.publish(bus);
  }

  /** Tells what a student brings along from its checkpoint, if it comes from one. */
  static void restored(EventBus bus, Student student) {
    Student.Saved from = student.restored();
    if (from == null) {
      return;
    }
    Events.restored(from.info(), student.latest()).publish(bus);
    StreamChanges changes = student.trainer().changes();
    changes
        .at()
        .forEach(
            (name, anchors) -> {
              boolean restarted = anchors == changes.restarted();
              new DriftReachedEvent(name, anchors, restarted, Instant.now()).publish(bus);
            });
    Probes probes = student.probes();
    if (probes != null) {
      ErasReport.of(student.trainer().anchors(), probes.all()).publish(bus);
    }
  }

  @Override
  public boolean mayAct() {
    return seat.mayAct();
  }

  @Override
  public Makers makers() {
    return makers;
  }

  @Override
  public Tracing.Work taken(InputRecord record) {
    return tracing.begin(Stage.STUDENT.id(), List.of(record));
  }

  @Override
  public void measured(MeasureEvent measured) {
    tell(measured);
  }

  @Override
  public void evaluated(Judgement judgement) {
    tell(Events.evaluation(judgement));
    registrar.evaluated(judgement);
  }

  @Override
  public boolean changed(String name, long anchors) {
    boolean restart = reaction == Reaction.RESTART;
    LOG.info(
        "the stream has changed ({}), {} anchors into the run{}",
        name,
        anchors,
        restart ? ": the learning rate begins anew" : "");
    tell(new DriftReachedEvent(name, anchors, restart, Instant.now()));
    return restart;
  }

  @Override
  public void scored(ErasEvent eras) {
    tell(eras);
    registrar.scored();
  }

  @Override
  public void saved(Student.Saved saved) {
    tell(Events.checkpoint(saved));
    seat.saved(saved.info().anchors(), saved.file());
    registrar.saved(saved);
  }

  @Override
  public void buried(DeadLetter dead) throws InterruptedException {
    deadLetters.bury(dead, stopping);
  }
}
