package io.bagpipe.verticles.experiment;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.augment.Augmenting;
import io.bagpipe.verticles.bags.BagIndexVerticle.Dimensions;
import io.bagpipe.verticles.bags.Bagging;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigException;
import io.bagpipe.verticles.config.DriftConfig;
import io.bagpipe.verticles.stage.ImageRecords;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.student.Pupil;
import io.bagpipe.verticles.student.StudentVerticle;
import io.bagpipe.verticles.teacher.Teaching;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A student's training from images to weights in one thread: what the stages of a service do, by
 * the same functions, on one partition whose offsets count from 0, with lists where that has
 * topics. The same images and configuration give the weights that the service's student has on one
 * partition, bit for bit: neither depends on how images come together in records (ADR 2).
 *
 * <p>Not done here is what changes no weight: dead letters are counted and dropped, changes of the
 * stream are not looked for. Confined to one thread; whoever makes it closes it.
 */
public final class Training implements AutoCloseable {
  private final Settings settings;
  private final BagpipeConfig config;
  private final Augmenting augmenting;
  private final Teaching teaching;
  private final Bagging bagging;
  private final Pupil pupil;
  private final List<InputRecord> waiting = new ArrayList<>();
  private final BatchLimits batch;
  private long waitingBytes;
  private long pushed;
  private long refused;
  private long records;

  /**
   * A training of which nothing is done yet.
   *
   * @param teacher takes views of {@code views.size}; it stays the caller's
   * @param teacherSha256 of its file
   * @throws ConfigException for what needs a service
   * @throws IOException when {@code student.init} cannot be read
   */
  public static Training of(BagpipeConfig config, TeacherEncoder teacher, String teacherSha256)
      throws IOException {
    if (config.drift().reaction() != DriftConfig.Reaction.NONE) {
      throw new ConfigException(
          "drift.reaction: \"restart\" is not valid here; expected none: changes of the stream are"
              + " found by a service");
    }
    return new Training(config, teacher, teacherSha256);
  }

  private Training(BagpipeConfig config, TeacherEncoder teacher, String teacherSha256)
      throws IOException {
    this.config = config;
    this.settings = new Settings(config);
    Recipe recipe = Recipe.of(config, settings.needs(), teacherSha256);
    bagging =
        new Bagging(
            config,
            settings,
            recipe,
            new Dimensions(teacher.featureDimension(), teacher.embeddingDimension()),
            this::refuse);
    augmenting = new Augmenting(config, settings, recipe, this::refuse);
    teaching = new Teaching(teacher, config, settings, recipe, this::refuse);
    batch = settings.imageBatches();
    boolean whole = false;
    try {
      bagging.begin();
      pupil =
          Pupil.of(
              config,
              settings,
              new StudentVerticle.Teacher(teacher.embeddingDimension(), teacherSha256));
      whole = true;
    } finally {
      if (!whole) {
        augmenting.close();
        bagging.close();
      }
    }
  }

  private void refuse(DeadLetter image) {
    refused++;
  }

  /**
   * Takes the next image of the stream. When enough have come for a record they go through all
   * stages; the student is trained whenever that fills a batch.
   */
  public void push(LabelledImage image) throws InterruptedException {
    String label = image.label();
    waiting.add(
        new InputRecord(
            config.topics().images(),
            0,
            pushed++,
            image.id().getBytes(StandardCharsets.UTF_8),
            image.encoded(),
            label == null
                ? Map.of()
                : Map.of(ImageRecords.LABEL_HEADER, label.getBytes(StandardCharsets.UTF_8)),
            0));
    waitingBytes += image.encoded().length;
    if (waiting.size() >= batch.maxRecords() || waitingBytes >= batch.maxBytes()) {
      flush();
    }
  }

  /** All that came goes to the student now; less than a batch of anchors waits there. */
  public void flush() throws InterruptedException {
    if (waiting.isEmpty()) {
      return;
    }
    List<InputRecord> images = List.copyOf(waiting);
    waiting.clear();
    waitingBytes = 0;
    for (InputRecord views : through(augmenting, images, config.topics().views())) {
      for (InputRecord embeddings :
          through(teaching, List.of(views), config.topics().embeddings())) {
        for (InputRecord bags : through(bagging, List.of(embeddings), config.topics().bags())) {
          train(bags);
        }
      }
    }
  }

  private List<InputRecord> through(StageFunction stage, List<InputRecord> in, String topic)
      throws InterruptedException {
    StageOutput out = apply(stage, in);
    List<InputRecord> next = new ArrayList<>(out.records().size());
    for (OutputRecord record : out.records()) {
      next.add(
          new InputRecord(topic, 0, records++, record.key(), record.value(), record.headers(), 0));
    }
    return next;
  }

  private static StageOutput apply(StageFunction stage, List<InputRecord> in)
      throws InterruptedException {
    try {
      return stage.apply(in);
    } catch (RuntimeException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(in.get(0).coordinates() + ": " + e.getMessage(), e);
    }
  }

  private void train(InputRecord bags) {
    try {
      pupil.take(Codecs.parseBags(bags));
    } catch (PoisonRecordException e) {
      throw new IllegalStateException("a record that this process made: " + e.getMessage(), e);
    }
  }

  /** The student, to look at between two pushes; it stays this training's. */
  public Pupil pupil() {
    return pupil;
  }

  /** Images that came. */
  public long pushed() {
    return pushed;
  }

  /** Images that could not be used. */
  public long refused() {
    return refused;
  }

  /** What the memory of earlier images takes, bytes; 0 without one. */
  public long rememberedBytes() {
    return bagging.rememberedBytes();
  }

  @Override
  public void close() {
    pupil.close();
    augmenting.close();
    teaching.close();
    bagging.close();
  }
}
