package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.verticles.student.BatchAccumulator.Origin;
import java.util.List;

/**
 * The anchors' way into the weights: counts them into batches, trains, and keeps position and
 * ledger in step with what was trained. Confined to the training thread.
 */
final class TrainingSession {
  /** Told of every step, with the time it took, and of changes of the stream before that. */
  interface StepListener {
    void trained(StepReport step, int anchors, long nanos);

    /** The student was trained on the image that showed a change. */
    void changed(String name);

    /** It met the image that an era of this name begins with. */
    void began(String era);

    /** It met an image that is held out. */
    void held(BaggedAnchor held, ImageCoordinates image);
  }

  private final Trainer trainer;
  private final BatchAccumulator batch;
  private final Positions positions;
  private final Ledger ledger;
  private final String imagesTopic;
  private final StepListener onStep;
  private final Checkup checkup;

  TrainingSession(
      Student student,
      BatchAccumulator batch,
      String imagesTopic,
      StepListener onStep,
      Checkup checkup) {
    this.trainer = student.trainer();
    this.batch = batch;
    this.positions = student.positions();
    this.ledger = student.ledger();
    this.imagesTopic = imagesTopic;
    this.onStep = onStep;
    this.checkup = checkup;
  }

  /**
   * Takes one record of {@code bags}: every anchor that has not been trained yet goes into the
   * batch, and a batch that is full is trained.
   *
   * @throws PoisonRecordException before anything is taken, when an anchor does not fit the student
   */
  void take(int partition, long offset, BagBatch record) throws PoisonRecordException {
    List<BaggedAnchor> anchors = record.getItemsList();
    for (BaggedAnchor anchor : anchors) {
      batch.check(anchor);
    }
    Positions.At at = positions.of(partition);
    if (offset < at.offset()) {
      return; // read again after a rewind; already in the weights
    }
    int start = offset == at.offset() ? at.taken() : 0;
    for (int i = start; i < anchors.size(); i++) {
      Origin origin = origin(partition, offset, anchors, i);
      if (origin.held() == null) {
        batch.add(anchors.get(i), origin);
      } else {
        batch.hold(origin);
      }
      if (batch.full()) {
        train();
      } else if (batch.pending() == 0) {
        settle();
      }
    }
    if (anchors.isEmpty() && batch.pending() == 0) {
      positions.skip(partition, offset);
    }
  }

  /** Anchors that wait for their batch to fill; they are not in any checkpoint. */
  int pending() {
    return batch.pending();
  }

  /** Of those the images that were pushed, and not remembered. */
  long pendingImages() {
    return batch.origins().stream().filter(origin -> !origin.rehearsed()).count();
  }

  private void train() {
    long began = System.nanoTime();
    AnchorBatch full = batch.batch();
    checkup.before(trainer, full);
    StepReport report = trainer.step(full);
    int anchors = batch.pending();
    checkup.after(report, anchors);
    long nanos = System.nanoTime() - began;
    settle();
    onStep.trained(report, anchors, nanos);
  }

  /** Everything that waited has been trained, or is held out: position, ledger and eras know it. */
  private void settle() {
    positions.advance(batch.origins());
    List<Origin> settled = List.copyOf(batch.origins());
    for (Origin origin : settled) {
      ImageCoordinates image = origin.image();
      if (origin.held() != null) {
        ledger.hold(imagesTopic, image.partition(), image.offset());
      } else if (!origin.rehearsed()) { // the ledger has it, from when it was pushed
        ledger.add(imagesTopic, image.partition(), image.offset());
      }
    }
    batch.clear();
    // before whoever hears of the step may save: what is met is part of what is saved
    for (Origin origin : settled) {
      BaggedAnchor held = origin.held();
      if (!origin.era().isEmpty()) {
        onStep.began(origin.era());
      }
      if (!origin.drift().isEmpty()) {
        onStep.changed(origin.drift());
      }
      if (held != null) {
        onStep.held(held, origin.image());
      }
    }
  }

  private static Origin origin(int partition, long offset, List<BaggedAnchor> anchors, int i) {
    Anchor anchor = anchors.get(i).getAnchor();
    return new Origin(
        new ImageCoordinates(anchor.getSourcePartition(), anchor.getSourceOffset()),
        anchors.get(i).getRehearsed(),
        anchors.get(i).getDrift(),
        anchors.get(i).getRehearsed() ? "" : anchor.getEra(),
        anchors.get(i).getProbe() ? anchors.get(i) : null,
        partition,
        offset,
        i + 1,
        i == anchors.size() - 1);
  }
}
