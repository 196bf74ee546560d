package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.tracing.Tracing;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training thread's work: takes records, trains, evaluates and saves when it is time, serves
 * those who ask, and saves once more at the end. What it throws ends the run; nothing is saved
 * then.
 */
final class StudentLoop implements TrainingSession.StepListener {
  private static final Logger LOG = LoggerFactory.getLogger(StudentLoop.class);
  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(3);
  private static final String STAGE = "student";

  /** Told of what happens, and asked before it does; on the training thread. */
  interface Listener {
    /**
     * Whether this process is the service's student just now. False: that is not known, as when
     * Kafka is away. What it throws ends the run: another process is.
     */
    boolean mayAct();

    /** What made the records. */
    Makers makers();

    /** Work on a record begins; it ends when what comes back is closed. */
    Tracing.Work taken(InputRecord record);

    /** A look at the student between two steps. */
    void measured(MeasureEvent measured);

    void evaluated(Judgement judgement);

    /**
     * The student was trained on the image that showed a change of the stream.
     *
     * @return whether its learning rate is to begin anew; always the same, as if it were trained
     *     again
     */
    boolean changed(String name, long anchors);

    /** The student was asked about the eras, or another has begun. */
    void scored(ErasEvent eras);

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
  private final Activity activity;
  private final EraWork eras;
  private boolean evaluating;
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
    this.session =
        new TrainingSession(student, batch, imagesTopic, this, new Checkup(listener::measured));
    this.rhythm = rhythm;
    this.progress = progress;
    this.desk = desk;
    this.listener = listener;
    this.activity = progress.activity();
    this.eras = new EraWork(student, activity, this::goesOnEvaluating, listener::scored);
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
      if (paused || !listener.mayAct()) {
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
        evaluateIfDue(); // the clock goes on when nothing comes
        saveIfDue();
      }
    }
    progress.flush();
    desk.close();
    desk.serve();
    if (student.hasNews() && maySaveAtLast()) {
      save();
    }
  }

  /** Without Kafka nobody knows whose the student is; what is not saved is trained again. */
  private boolean maySaveAtLast() throws InterruptedException {
    long began = System.nanoTime();
    while (!listener.mayAct()) {
      if (System.nanoTime() - began > LAST_PATIENCE.toNanos()) {
        LOG.warn("no last checkpoint: Kafka does not say that this is still the service's student");
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(PATIENCE.toMillis());
    }
    return true;
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
      take(record, Codecs.parseBags(record));
    } catch (PoisonRecordException e) {
      listener.buried(DeadLetter.of(record, STAGE, e));
    } finally {
      work.close();
    }
    // Taken counts as done for the gates upstream, also what waits for a batch to fill: the small
    // records of a slow stream would else hold them shut, and the batch never fill.
    source.commitProgress(record.partition(), record.offset() + 1);
  }

  private void take(InputRecord record, BagBatch batch) throws PoisonRecordException {
    listener.makers().check(record, batch.getMadeBy());
    try {
      session.take(record.partition(), record.offset(), Codecs.unpacked(batch));
    } catch (PoisonRecordException e) {
      listener.makers().requireOwn(record, batch.getMadeBy(), e);
      throw e;
    }
  }

  @Override
  public void changed(String name) {
    long anchors = student.trainer().anchors();
    student.trainer().changed(name, listener.changed(name, anchors));
    eras.begin("drift-" + name);
  }

  @Override
  public void began(String era) {
    eras.begin(era);
  }

  @Override
  public void held(BaggedAnchor held, ImageCoordinates image) {
    eras.held(held, image);
  }

  /**
   * Begins an era because a person says so, and saves: it is not in the log, and a kill must not
   * undo what was answered.
   *
   * @return as {@link EraWork#begin}; then nothing is saved
   * @throws IllegalStateException as {@link #save} does, before anything has begun
   */
  boolean beginAndSave(String era) {
    requireSeat();
    eras.requireUnasked();
    if (!eras.begin(era)) {
      return false;
    }
    save();
    return true;
  }

  @Override
  public void trained(StepReport step, int anchors, long nanos) {
    progress.add(step, anchors, nanos);
    evaluateIfDue();
    saveIfDue();
    desk.serve();
  }

  /** Saves before: whatever becomes of the evaluation, what was trained until here stays. */
  private void evaluateIfDue() {
    long anchors = student.trainer().anchors();
    if (!student.canBeJudged() || !rhythm.evaluationDue(anchors)) {
      return;
    }
    if (student.hasNews() && listener.mayAct()) {
      save();
    }
    try {
      evaluate();
    } catch (EvaluationException e) {
      LOG.warn("the student is not evaluated this time: {}", e.getMessage());
    }
  }

  private void saveIfDue() {
    if (student.hasNews()
        && rhythm.checkpointDue(student.trainer().anchors())
        && listener.mayAct()) {
      save();
    }
  }

  /**
   * Saves now; on the training thread.
   *
   * @throws IllegalStateException when it is not known whether this is still the service's student
   */
  Student.Saved save() {
    requireSeat();
    eras.requireInStep();
    long began = System.nanoTime();
    StageEvent.Doing before = activity.begin(StageState.SAVING);
    Student.Saved saved;
    try {
      saved =
          student.save(progress.latestLoss(), bytes -> activity.bytes(StageState.SAVING, bytes));
    } finally {
      activity.back(before);
    }
    rhythm.saved(student.trainer().anchors());
    listener.saved(saved);
    progress.saved(System.nanoTime() - began);
    if (!stopping) { // nothing would keep the scores, and others wait for the seat
      eras.score(false);
    }
    return saved;
  }

  private void requireSeat() {
    if (!listener.mayAct()) {
      throw new IllegalStateException(
          "Kafka does not say that this is still the service's student: nothing is saved until then");
    }
  }

  /**
   * Evaluates now, unless the newest evaluation is of the student as it is; on the training thread.
   * Those who ask for something are served meanwhile.
   *
   * @return null without images to evaluate on, or when told to stop before the end
   * @throws EvaluationException when the images cannot be read any more
   */
  @Nullable Judgement evaluate() {
    if (evaluating) {
      throw new IllegalStateException("the student is being evaluated already");
    }
    if (!student.canBeJudged() || student.isJudged()) {
      return student.canBeJudged() ? student.latest() : null;
    }
    progress.flush();
    long began = System.nanoTime();
    evaluating = true;
    StageEvent.Doing before = activity.begin(StageState.EVALUATING);
    Judgement judgement;
    try {
      eras.score(true);
      judgement = student.judge(this::goesOnEvaluating);
    } finally {
      activity.back(before);
      evaluating = false;
      rhythm.evaluated(student.trainer().anchors(), System.nanoTime() - began);
    }
    if (judgement != null) {
      listener.evaluated(judgement);
    }
    progress.start(student.trainer().anchors());
    return judgement;
  }

  private boolean goesOnEvaluating(long done, long all) {
    activity.images(StageState.EVALUATING, done, all);
    desk.serveShort();
    listener.mayAct(); // another may have taken the student over
    return !stopping;
  }

  /** What the training thread is at beside training; from any thread. */
  Activity activity() {
    return activity;
  }

  /** Anchors that wait for a batch to fill; on the training thread. */
  int pending() {
    return session.pending();
  }

  /** Of those the images that were pushed, and not remembered. */
  long pendingImages() {
    return session.pendingImages();
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
