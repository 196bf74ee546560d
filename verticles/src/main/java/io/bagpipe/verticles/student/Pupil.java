package io.bagpipe.verticles.student;

import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.export.Provenance;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A student that is trained on bags as the service's is, without checkpoints, positions and Kafka
 * around it. Confined to one thread; whoever makes it closes it.
 */
public final class Pupil implements AutoCloseable {
  private final StudentIdentity identity;
  private final StudentEngine engine;
  private final Trainer trainer;
  private final BatchAccumulator batch;
  private long rehearsed;
  private double loss = Double.NaN;

  private Pupil(
      StudentIdentity identity, StudentEngine engine, Trainer trainer, BatchAccumulator batch) {
    this.identity = identity;
    this.engine = engine;
    this.trainer = trainer;
    this.batch = batch;
  }

  /**
   * The configured student, untrained.
   *
   * @throws IOException when {@code student.init} cannot be read
   */
  public static Pupil of(BagpipeConfig config, Settings settings, StudentVerticle.Teacher teacher)
      throws IOException {
    StudentIdentity identity = StudentIdentity.of(config, "experiment", teacher, "");
    StudentEngine engine =
        StudentEngines.create(
            new EngineRequest(
                identity.network().spec(),
                identity.student().inputSize(),
                settings.objective().imagesAPass(config.train().batch()),
                config.seed(),
                settings.studentPixels()),
            settings.engine());
    boolean whole = false;
    try {
      String init = config.student().init();
      if (!init.isEmpty()) {
        StateDict fresh = engine.state();
        engine.load(
            TorchvisionWeights.load(Path.of(init), identity.network().spec(), fresh).state());
      }
      Trainer trainer =
          new Trainer(engine, settings.trainer(), settings.objective(), settings.objectiveConfig());
      whole = true;
      return new Pupil(
          identity,
          engine,
          trainer,
          new BatchAccumulator(
              config.train().batch(),
              identity.student().inputSize(),
              identity.network().head().embedding(),
              settings.objective().needs()));
    } finally {
      if (!whole) {
        engine.close();
      }
    }
  }

  /**
   * Counts the anchors of one record into batches, and is trained on each that is full.
   *
   * @throws PoisonRecordException when an anchor does not fit the student
   * @throws NotFiniteException when the loss is not finite: it takes no further step then
   */
  public void take(BagBatch record) throws PoisonRecordException {
    for (BaggedAnchor anchor : record.getItemsList()) {
      batch.check(anchor);
    }
    for (BaggedAnchor anchor : record.getItemsList()) {
      rehearsed += anchor.getRehearsed() ? 1 : 0;
      batch.add(
          anchor,
          new BatchAccumulator.Origin(
              new ImageCoordinates(
                  anchor.getAnchor().getSourcePartition(), anchor.getAnchor().getSourceOffset()),
              anchor.getRehearsed(),
              anchor.getDrift(),
              "",
              null,
              0,
              0,
              0,
              false));
      if (batch.full()) {
        StepReport step = trainer.step(batch.batch());
        loss = step.loss().loss();
        batch.clear();
      }
    }
  }

  /** Anchors trained, those of the memory too. */
  public long anchors() {
    return trainer.anchors();
  }

  /** Anchors that came out of the memory, those that wait for a batch too. */
  public long rehearsed() {
    return rehearsed;
  }

  /** Anchors that wait for their batch to fill. */
  public int pending() {
    return batch.pending();
  }

  /** Of the newest step; NaN before the first. */
  public double loss() {
    return loss;
  }

  /** What it is computed by, to look through it between two records; it stays this pupil's. */
  public StudentEngine engine() {
    return engine;
  }

  /**
   * The student as it is now, as its file would have it.
   *
   * @param name what the file says it comes from
   */
  public Student student(String name) {
    return new Student(
        identity.network(),
        engine.state(),
        Objects.requireNonNull(identity.student().preprocessing()),
        new Provenance(trainer.anchors(), name, "sha256:" + identity.student().teacherSha256()));
  }

  @Override
  public void close() {
    trainer.close();
    engine.close();
  }
}
