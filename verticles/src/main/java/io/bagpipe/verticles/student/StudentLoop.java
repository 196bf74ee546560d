package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.tracing.Tracing;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The training thread's work: takes records, trains, evaluates and saves when it is time, serves
 * those who ask, and saves once more at the end. What it throws ends the run; nothing is saved
 * then.
 */
final class StudentLoop implements TrainingSession.StepListener {
  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final String STAGE = "student";

  /** Told of what happens; on the training thread. */
  interface Listener {
    /** Work on a record begins; it ends when what comes back is closed. */
    Tracing.Work taken(InputRecord record);

    void evaluated(long anchors, Evaluation evaluation, double seconds);

    void saved(Student.Saved saved);

    void buried(DeadLetter dead) throws InterruptedException;
  }

  private final Student student;
  private final CheckpointedSource source;
  private final TrainingSession session;
  private final Rhythm rhythm;
  private final Progress progress;
  private final Desk desk;
  private final Listener listener;
  private volatile boolean stopping;
  private volatile boolean paused;

  StudentLoop(
      Student student,
      CheckpointedSource source,
      BatchAccumulator batch,
      String imagesTopic,
      Rhythm rhythm,
      Progress progress,
      Desk desk,
      Listener listener) {
    this.student = student;
    this.source = source;
    this.session = new TrainingSession(student, batch, imagesTopic, this);
    this.rhythm = rhythm;
    this.progress = progress;
    this.desk = desk;
    this.listener = listener;
  }

  /** Trains until told to stop. */
  void run() throws InterruptedException {
    long anchors = student.trainer().anchors();
    progress.start(anchors);
    rhythm.start(anchors);
    if (anchors == 0) {
      evaluate();
    }
    while (!stopping) {
      desk.serve();
      if (paused) {
        desk.await(PATIENCE);
        continue;
      }
      long waiting = System.nanoTime();
      InputRecord record = source.take(PATIENCE);
      progress.starved(System.nanoTime() - waiting);
      if (record != null) {
        take(record);
      } else {
        progress.flush();
        saveIfDue(); // the clock goes on when nothing comes
      }
    }
    progress.flush();
    desk.close();
    desk.serve();
    if (student.hasNews()) {
      save();
    }
  }

  /** Ends {@link #run} after the record at hand. */
  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  void pause(boolean on) {
    paused = on;
  }

  boolean isPaused() {
    return paused;
  }

  private void take(InputRecord record) throws InterruptedException {
    Tracing.Work work = listener.taken(record);
    try {
      BagBatch batch = Codecs.parseBags(record);
      session.take(record.partition(), record.offset(), batch);
    } catch (PoisonRecordException e) {
      listener.buried(DeadLetter.of(record, STAGE, e));
    } finally {
      work.close();
    }
    // Taken counts as done for the gates upstream, also what waits for a batch to fill: the small
    // records of a slow stream would else hold them shut, and the batch never fill.
    source.commitProgress(record.partition(), record.offset() + 1);
  }

  @Override
  public void trained(StepReport step, int anchors, long nanos) {
    progress.add(step, anchors, nanos);
    if (rhythm.evaluationDue(step.anchors())) {
      evaluate();
    }
    saveIfDue();
    desk.serve();
  }

  private void saveIfDue() {
    if (student.hasNews() && rhythm.checkpointDue(student.trainer().anchors())) {
      save();
    }
  }

  /** Saves now; on the training thread. */
  Student.Saved save() {
    long began = System.nanoTime();
    Student.Saved saved = student.save(progress.latestLoss());
    rhythm.saved(student.trainer().anchors());
    listener.saved(saved);
    progress.saved(System.nanoTime() - began);
    return saved;
  }

  /** Evaluates now; on the training thread. Null without images to evaluate on. */
  @Nullable Evaluation evaluate() {
    progress.flush();
    long began = System.nanoTime();
    Evaluation evaluation = student.evaluate();
    if (evaluation != null) {
      double seconds = (System.nanoTime() - began) / 1e9;
      listener.evaluated(student.trainer().anchors(), evaluation, seconds);
    }
    progress.start(student.trainer().anchors());
    return evaluation;
  }

  /** Anchors that wait for a batch to fill; on the training thread. */
  int pending() {
    return session.pending();
  }

  Map<Integer, Long> neededFrom() {
    return student.neededFrom();
  }

  Progress progress() {
    return progress;
  }

  Student student() {
    return student;
  }
}
