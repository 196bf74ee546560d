package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.Vertx;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small student on real images, trained step by step, with nobody's Kafka. */
class StudentLoopTest {
  private static final int BATCH = 4;
  private static final int SIZE = 16;
  private static final int EMBEDDING = 8;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Random random = new Random(1);
  private final Activity activity = new Activity();
  private final Desk desk = new Desk();

  /** What the loop told, in its order. */
  private final List<String> told = new ArrayList<>();

  private Student student;
  private StudentLoop loop;

  @BeforeEach
  void open() throws IOException {
    for (int i = 0; i < 40; i++) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      for (int at = 0; at < SIZE * SIZE; at++) {
        image.getRaster().setSample(at % SIZE, at / SIZE, 0, random.nextInt(256));
      }
      Path label = Files.createDirectories(directory.resolve("images/class-" + i % 2));
      ImageIO.write(image, "png", label.resolve(i + ".png").toFile());
    }
    start();
  }

  private void start() throws IOException {
    BagpipeConfig config =
        new ConfigSources(
                Map.of(),
                null,
                Map.of(),
                List.of(
                    "student.width=4",
                    "student.head-hidden=8",
                    "views.size=" + SIZE,
                    "views.index-resize=" + SIZE,
                    "train.batch=" + BATCH,
                    "train.queue=32",
                    "train.threads=1",
                    "eval.dir=" + directory.resolve("images"),
                    "eval.k=2",
                    "eval.bank=20",
                    "eval.every-images=" + 2 * BATCH))
            .load();
    Settings settings = new Settings(config);
    StudentIdentity identity =
        StudentIdentity.of(config, "run", new StudentVerticle.Teacher(EMBEDDING, "d164"), "now");
    student =
        new StudentFactory(config, settings, identity, directory.resolve("checkpoints"))
            .open(activity);
    CheckpointedSource source =
        new CheckpointedSource(
            vertx,
            KafkaSettings.of("127.0.0.1:1"),
            settings.intake("student", "bags", "0"),
            partition -> 0);
    Rhythm rhythm =
        new Rhythm(config.checkpoint(), config.eval().everyImages(), 1, System::nanoTime);
    rhythm.start(student.trainer().anchors());
    loop =
        new StudentLoop(
            student,
            source,
            new BatchAccumulator(BATCH, SIZE, EMBEDDING, settings.objective().needs()),
            "images",
            rhythm,
            new Progress(step -> {}, activity),
            desk,
            new Listener());
  }

  @AfterEach
  void close() throws Exception {
    student.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private final class Listener implements StudentLoop.Listener {
    @Override
    public boolean mayAct() {
      StageEvent.Doing doing = activity.now();
      StageEvent.Work work = doing == null ? null : doing.work();
      if (work != null) {
        told.add(doing.state() + " " + work.done());
      }
      return true;
    }

    @Override
    public Makers makers() {
      return Makers.any();
    }

    @Override
    public Tracing.Work taken(InputRecord record) {
      throw new AssertionError("nothing comes");
    }

    @Override
    public void measured(MeasureEvent measured) {
      throw new AssertionError("so early nothing is measured");
    }

    @Override
    public void evaluated(Judgement judgement) {
      told.add("evaluated at " + judgement.anchors());
    }

    @Override
    public boolean changed(String name, long anchors) {
      return false;
    }

    @Override
    public void scored(ErasEvent eras) {
      throw new AssertionError("nothing is held out");
    }

    @Override
    public void saved(Student.Saved saved) {
      told.add("saved at " + saved.info().anchors());
    }

    @Override
    public void buried(DeadLetter dead) {
      throw new AssertionError("nothing comes");
    }
  }

  private void step() {
    AnchorBatch batch = new AnchorBatch(BATCH);
    for (Ingredient ingredient : student.trainer().objective().needs()) {
      if (ingredient.kind() == Ingredient.Kind.PIXELS) {
        byte[] pixels = new byte[BATCH * SIZE * SIZE * 3];
        random.nextBytes(pixels);
        batch.with(ingredient, pixels);
      } else {
        float[] rows = new float[BATCH * EMBEDDING];
        for (int i = 0; i < BATCH; i++) {
          rows[i * EMBEDDING + random.nextInt(EMBEDDING)] = 1;
        }
        batch.with(ingredient, rows);
      }
    }
    loop.trained(student.trainer().step(batch), BATCH, 1);
  }

  @Test
  void savesBeforeItEvaluatesAndShowsHowFarItIs() {
    step();
    assertThat(told).isEmpty();
    step();
    assertThat(told).startsWith("saved at 8", "EVALUATING 4").endsWith("evaluated at 8");
    assertThat(activity.now()).isNull();
    List<Long> images =
        told.stream()
            .filter(line -> line.startsWith("EVALUATING"))
            .map(line -> Long.valueOf(line.substring("EVALUATING ".length())))
            .toList();
    assertThat(images).isSorted().hasSizeGreaterThan(5);
    assertThat(images.get(images.size() - 1)).as("bank and queries").isBetween(21L, 40L);
  }

  @Test
  void whoAsksIsServedWhileItEvaluates() throws Exception {
    CompletableFuture<Student.Saved> saved = desk.ask(loop::save);
    CompletableFuture<Judgement> again = desk.askLong(loop::evaluate);
    Judgement judged = Objects.requireNonNull(loop.evaluate());
    assertThat(saved.get().info().anchors()).isZero();
    assertThat(told.indexOf("saved at 0")).isBetween(0, told.indexOf("evaluated at 0"));
    assertThat(again).as("one after the other").isNotDone();
    told.clear();
    desk.serve();
    assertThat(again.get()).as("of the same student").isEqualTo(judged);
    assertThat(told).isEmpty();
  }

  @Test
  void aStopEndsAnEvaluationBeforeItsEnd() {
    CompletableFuture<Boolean> stopped =
        desk.ask(
            () -> {
              loop.stop();
              return true;
            });
    assertThat(loop.evaluate()).isNull();
    assertThat(stopped).isCompleted();
    assertThat(told).doesNotContain("evaluated at 0").hasSizeLessThan(3);
  }

  @Test
  void imagesThatHaveGoneEndAnEvaluationAndNotTheRun() throws IOException {
    try (var files = Files.walk(directory.resolve("images"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    step();
    step();
    assertThat(told).containsExactly("saved at 8");
    assertThatThrownBy(loop::evaluate).isInstanceOf(EvaluationException.class);
  }

  @Test
  void theNewestJudgementIsInTheCheckpointAndComesBackWithIt() throws IOException {
    step();
    step();
    Judgement judged = Objects.requireNonNull(student.latest());
    assertThat(student.hasNews()).as("it is not in the checkpoint yet").isTrue();
    loop.save();
    assertThat(student.hasNews()).isFalse();
    student.close();
    start();
    assertThat(student.latest()).isEqualTo(judged);
    assertThat(student.isJudged()).as("by this process").isFalse();
    assertThat(student.hasNews()).isFalse();
    assertThat(activity.now()).isNull();
    assertThat(judged.anchors()).isEqualTo(8);
  }

  @Test
  void readingACheckpointShowsHowMuchIsRead() throws IOException {
    step();
    Student.Saved saved = loop.save();
    student.close();
    List<Long> read = new ArrayList<>();
    new CheckpointStore(directory.resolve("checkpoints"), 3).latestIntact(read::add);
    assertThat(read).isSorted().hasSizeGreaterThan(10);
    assertThat(read.get(read.size() - 1))
        .isBetween(Files.size(saved.file()) / 2, Files.size(saved.file()));
    start();
  }
}
