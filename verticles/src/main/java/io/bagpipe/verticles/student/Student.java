package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.EvaluationWatch;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.model.train.TrainerComponents;
import io.bagpipe.model.train.TrainerState;
import io.bagpipe.streams.intake.OnGap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A student in training: network, optimiser and queue, where its input stands, and its checkpoints.
 * Confined to the training thread, which makes and closes it.
 */
final class Student implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Student.class);

  private final StudentIdentity identity;
  private final StudentEngine engine;
  private final Trainer trainer;
  private final CheckpointStore store;
  private final @Nullable Exam exam;
  private final @Nullable Probes probes;
  private final Positions positions;
  private final Ledger ledger;
  private final CheckpointTail tail;
  private @Nullable Judgement latest;
  private @Nullable Judgement saved;
  private long savedAnchors = -1;
  private long judgedAnchors = -1;
  private final @Nullable Saved restored;

  private Student(Parts parts, CheckpointStore.Recovery recovery) {
    Checkpoint from = recovery.checkpoint();
    Path file = recovery.file();
    this.identity = parts.identity();
    this.engine = parts.engine();
    this.trainer = parts.trainer();
    this.store = parts.store();
    this.exam = parts.exam();
    this.probes = parts.probes();
    this.restored =
        from == null || file == null ? null : new Saved(from.info(), file, 0, from.weightsSha256());
    this.tail = new CheckpointTail(store, identity::isHere);
    if (from == null) {
      positions = new Positions(Map.of());
      ledger = new Ledger();
    } else {
      positions = Positions.of(from.info().positions().stream().filter(identity::isHere).toList());
      ledger = Ledger.of(from.info().ledger());
      savedAnchors = from.info().anchors();
      latest = Judgement.of(from.info().metrics());
      saved = latest;
    }
  }

  /** What a student is made from. */
  record Parts(
      StudentIdentity identity,
      StudentEngine engine,
      Trainer trainer,
      CheckpointStore store,
      @Nullable Exam exam,
      @Nullable Probes probes,
      OnGap onGap) {}

  /** What it was restored from; null for a new one. */
  @Nullable Saved restored() {
    return restored;
  }

  /**
   * Goes on from the newest intact checkpoint, or starts anew where there is none.
   *
   * @param initial weights of a new student, null for the engine's own
   * @param progress told how many bytes of a checkpoint are read, again and again
   */
  static Student open(Parts parts, @Nullable StateDict initial, LongConsumer progress) {
    CheckpointStore.Recovery recovery = parts.store().latestIntact(progress);
    for (CheckpointStore.Torn torn : recovery.passedOver()) {
      LOG.warn("checkpoint {} is not intact and was passed over: {}", torn.file(), torn.why());
    }
    Checkpoint from = recovery.checkpoint();
    if (from != null) {
      parts.identity().requireSame(from.info(), recovery.file());
      requireHere(parts, from.info(), recovery.file());
      restore(parts.trainer(), from, recovery.file());
      restore(parts.probes(), from);
      LOG.atInfo()
          .addKeyValue("checkpoint", recovery.file())
          .addKeyValue("anchors", from.info().anchors())
          .log("the student goes on");
    } else if (initial != null) {
      parts.engine().load(initial);
    }
    return new Student(parts, recovery);
  }

  /**
   * @throws CheckpointException when something of it is missing or not known here
   * @throws IllegalStateException when it is of another objective, or of other sizes
   */
  private static void restore(Trainer trainer, Checkpoint from, @Nullable Path file) {
    try {
      TrainerState state = TrainerComponents.read(from.components());
      requireObjective(trainer, state, file);
      trainer.restore(state);
    } catch (CheckpointException e) {
      throw new CheckpointException("checkpoint " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  /** Eras that nothing is held out for any more are let go of. */
  private static void restore(@Nullable Probes probes, Checkpoint from) {
    Component eras = from.components().find(Components.ERAS);
    if (probes != null && eras != null) {
      try {
        probes.restore(eras);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void requireObjective(Trainer trainer, TrainerState state, @Nullable Path file) {
    String trainedBy = state.objective().objective();
    String asked = trainer.objective().name();
    if (!trainedBy.equals(asked)) {
      throw new IllegalStateException(
          ("checkpoint %s was trained by %s and train.objective is %s; set train.objective=%s, or"
                  + " another data.dir for a new student")
              .formatted(file, trainedBy, asked, trainedBy));
    }
  }

  /**
   * @throws IllegalStateException when the checkpoint stands in a topic that is gone
   */
  private static void requireHere(Parts parts, CheckpointInfo info, @Nullable Path file) {
    StudentIdentity identity = parts.identity();
    for (StreamPosition position : info.positions()) {
      if (!identity.isHere(position)) {
        String what =
            ("checkpoint %s stands at offset %d of partition %d in a topic %s that is not there any"
                    + " more: it was made anew, or topics.bags names another")
                .formatted(file, position.offset(), position.partition(), position.topic());
        if (parts.onGap() == OnGap.STOP) {
          throw new IllegalStateException(
              what + "; topics.on-gap=earliest goes on at the first record there is");
        }
        LOG.warn("{}; going on at the first record there is", what);
      }
    }
  }

  Trainer trainer() {
    return trainer;
  }

  Positions positions() {
    return positions;
  }

  Ledger ledger() {
    return ledger;
  }

  StudentEngine engine() {
    return engine;
  }

  /** Whether there is anything to judge it on. */
  boolean canBeJudged() {
    return exam != null;
  }

  /** The newest judgement, by this process or as the checkpoint has it; null when there is none. */
  @Nullable Judgement latest() {
    return latest;
  }

  /** Whether {@link #latest} is of the student as it is now, and by this process. */
  boolean isJudged() {
    return judgedAnchors == trainer.anchors();
  }

  /**
   * Judges the student as it is now on held-out images.
   *
   * @return null where there are none, or when the watch ended it
   * @throws EvaluationException when the images cannot be read any more
   */
  @Nullable Judgement judge(EvaluationWatch watch) {
    Evaluation evaluation = exam == null ? null : exam.take(watch);
    if (evaluation == null) {
      return null;
    }
    judgedAnchors = trainer.anchors();
    latest = Judgement.of(judgedAnchors, evaluation);
    return latest;
  }

  /** What is held out for it; null where nothing is. */
  @Nullable Probes probes() {
    return probes;
  }

  /** What it is judged on; null where there is nothing. */
  @Nullable Exam exam() {
    return exam;
  }

  /**
   * A checkpoint that was written.
   *
   * @param weightsSha256 of the network in it, {@link Checkpoint#weightsSha256}
   */
  record Saved(CheckpointInfo info, Path file, double seconds, String weightsSha256) {}

  /** Whether anything was trained or judged since the newest checkpoint. */
  boolean hasNews() {
    return trainer.anchors() != savedAnchors || !Objects.equals(latest, saved);
  }

  /**
   * Writes a checkpoint.
   *
   * @param progress told how many bytes are written, again and again
   * @throws NotFiniteException when the student holds a value that is not finite; nothing is
   *     written
   */
  Saved save(double loss, LongConsumer progress) {
    long began = System.nanoTime();
    List<StreamPosition> at = new ArrayList<>();
    positions.all().forEach((p, next) -> at.add(identity.position(p, next.offset(), next.taken())));
    Judgement judgement = latest;
    Double finite = Double.isFinite(loss) ? (Double) loss : null;
    CheckpointInfo info =
        new CheckpointInfo(
            identity.run(),
            Instant.now().toString(),
            identity.student(),
            identity.configuration(),
            identity.seed(),
            trainer.step(),
            trainer.anchors(),
            at,
            ledger.entries(),
            judgement == null ? new Metrics(finite, null) : judgement.with(finite));
    Components components = TrainerComponents.of(trainer.snapshot());
    Checkpoint made =
        new Checkpoint(info, probes == null ? components : components.and(probes.component()));
    Path file = store.save(made, progress);
    savedAnchors = info.anchors();
    saved = judgement;
    tail.saved(file, info);
    if (probes != null) {
      probes.saved();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Saved(info, file, seconds, made.weightsSha256());
  }

  /** The first offset of each partition that a kept checkpoint may go on from. */
  Map<Integer, Long> neededFrom() {
    return tail.neededFrom();
  }

  @Override
  public void close() {
    if (exam != null) {
      exam.close();
    }
    trainer.close();
    engine.close();
  }
}
