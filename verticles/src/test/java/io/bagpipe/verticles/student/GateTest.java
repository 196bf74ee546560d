package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.bagpipe.model.eval.FeatureEncoder;
import io.bagpipe.model.eval.Probe;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.registry.PromotionRule;
import io.bagpipe.verticles.registry.Registry;
import io.bagpipe.verticles.registry.StudentFiles;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.Students;
import io.bagpipe.verticles.registry.StudentsTopic;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student that is asked about eras and nothing else, and what the registry makes of that. */
class GateTest {
  private static final int BATCH = 4;
  private static final int SIZE = 16;
  private static final int EMBEDDING = 8;
  private static final int PROBES = 40;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Random random = new Random(1);
  private final Activity activity = new Activity();
  private final Desk desk = new Desk();
  private boolean mayAct = true;
  private Student student;
  private Registry registry;
  private Registrar registrar;
  private StudentLoop loop;
  private long held;

  /** What the training thread was at whenever it asked whether it may act. */
  private final List<String> seen = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
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
                    "train.lr=1",
                    "probe.share=0.2",
                    "probe.images=" + PROBES,
                    "probe.era-images=1"))
            .load();
    Settings settings = new Settings(config);
    StudentIdentity identity =
        StudentIdentity.of(config, "run", new StudentVerticle.Teacher(EMBEDDING, "d164"), "now");
    Path checkpoints = directory.resolve("checkpoints");
    student = new StudentFactory(config, settings, identity, checkpoints).open(activity);
    registry =
        new Registry(
            new StudentsTopic("students", "run"),
            new StudentFiles(checkpoints),
            new Registry.Policy(
                new PromotionRule(PromotionRule.Mode.BETTER, 0.01, 0.002, 2), false, 3),
            records -> Future.succeededFuture(),
            Students.NONE,
            Runnable::run);
    registrar = new Registrar(registry, student, identity, new Registrar.Asked("", 0), event -> {});
    Rhythm rhythm = new Rhythm(config.checkpoint(), 0, 1, System::nanoTime);
    rhythm.start(0);
    loop =
        new StudentLoop(
            student,
            new CheckpointedSource(
                vertx,
                KafkaSettings.of("127.0.0.1:1"),
                settings.intake("student", "bags", "0"),
                partition -> 0),
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
      if (doing != null && work != null && work.all() > 0) {
        seen.add(doing.state() + " " + work.done() + " of " + work.all());
      }
      return mayAct;
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
      throw new AssertionError("there is nothing to evaluate on");
    }

    @Override
    public boolean changed(String name, long anchors) {
      return false;
    }

    @Override
    public void scored(ErasEvent eras) {
      registrar.scored();
    }

    @Override
    public void saved(Student.Saved saved) {
      registrar.saved(saved);
    }

    @Override
    public void buried(DeadLetter dead) {
      throw new AssertionError("nothing comes");
    }
  }

  /** Held-out images without labels, of which the student has the teacher's features just now. */
  private void hold(int images) {
    FeatureEncoder encoder = FeatureEncoder.of(student.engine());
    for (int i = 0; i < images; i++) {
      byte[] view = new byte[SIZE * SIZE * 3];
      random.nextBytes(view);
      BaggedAnchor probe =
          BaggedAnchor.newBuilder()
              .setAnchor(Anchor.newBuilder().setSourceOffset(held))
              .setQueryView(ByteString.copyFrom(view))
              .setFeatures(Vectors.bytes(unit(encoder.features(view, 1))))
              .setProbe(true)
              .setPushed(1 + held)
              .build();
      loop.held(probe, new ImageCoordinates(0, held++));
    }
  }

  private static float[] unit(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += value * value;
    }
    for (int i = 0; i < row.length; i++) {
      row[i] /= (float) Math.sqrt(squares);
    }
    return row;
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

  private StudentRecord serving() {
    return Objects.requireNonNull(registry.students().serving());
  }

  private static double agreement(StudentRecord one) {
    return one.scores().accuracies().entrySet().stream()
        .filter(score -> score.getKey().startsWith("era_0_"))
        .filter(score -> score.getKey().endsWith("_agreement"))
        .mapToDouble(Map.Entry::getValue)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Saves a student until it was cheap enough to ask it about the eras, too. */
  private StudentRecord savedAndAsked() {
    long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (System.nanoTime() < until) {
      Student.Saved saved = loop.save();
      StudentRecord one =
          registry
              .students()
              .find(StudentRecord.idOf(saved.info().anchors(), saved.weightsSha256()));
      if (one != null && one.scores().isEvaluated()) {
        return one;
      }
    }
    throw new AssertionError("never asked");
  }

  @Test
  void whatIsForgottenOfAnEraKeepsAStudentFromServingWithoutAnyLabel() {
    hold(PROBES);
    StudentRecord first = savedAndAsked();
    assertThat(agreement(first)).as("it is its own teacher").isEqualTo(1);
    for (int i = 0; i < 10; i++) {
      step();
    }
    StudentRecord forgetful = savedAndAsked();
    assertThat(agreement(forgetful)).isLessThan(0.95);
    assertThat(serving().id()).isEqualTo(first.id());
    assertThat(forgetful.stage()).isEqualTo(StudentRecord.Stage.CANDIDATE);
    assertThat(forgetful.decision().reason()).startsWith("It is worse by more than");
  }

  @Test
  void anEraThatCouldNotBeSavedHasNotBegun() {
    step();
    mayAct = false;
    assertThatThrownBy(() -> loop.beginAndSave("winter")).hasMessageContaining("Kafka");
    mayAct = true;
    assertThat(loop.beginAndSave("winter")).as("whoever asked may ask again").isTrue();
    assertThat(loop.beginAndSave("winter")).isFalse();
  }

  @Test
  void whoAsksIsServedWhileTheErasAreAskedAboutAndAStopEndsIt() throws Exception {
    hold(PROBES);
    step();
    CompletableFuture<Long> served = desk.ask(() -> student.trainer().anchors());
    CompletableFuture<Student.Saved> saved = desk.ask(loop::save);
    CompletableFuture<Boolean> another = desk.ask(() -> loop.beginAndSave("spring"));
    seen.clear();
    loop.began("winter");
    assertThat(served.get()).isEqualTo(BATCH);
    assertThatThrownBy(saved::get).as("in the midst").hasMessageContaining("come again");
    assertThatThrownBy(another::get).hasMessageContaining("come again");
    assertThat(seen)
        .contains("EVALUATING 2 of 40", "EVALUATING 40 of 40")
        .hasSizeGreaterThan(2 * PROBES);
    assertThat(activity.now()).isNull();
    assertThat(student.probes().names()).containsExactly("start", "winter");
    assertThat(student.probes().all().get(0).scores()).containsKey(0);

    hold(PROBES);
    step();
    seen.clear();
    loop.stop();
    loop.began("spring");
    assertThat(seen).hasSize(1);
    assertThat(student.probes().names()).containsExactly("start", "winter", "spring");
  }

  @Test
  void theScoreOfAnEraIsNamedByTheImagesOfItsSet() {
    hold(PROBES);
    String one = savedAndAsked().scores().accuracies().keySet().iterator().next();
    assertThat(one).matches("era_0_[0-9a-f]{8}_agreement");
    Probe image = new Probe(new byte[] {1, 2, 3}, new float[] {0.6f, 0.8f}, "a");
    Probe relabelled = new Probe(new byte[] {1, 2, 3}, new float[] {0.6f, 0.8f}, "b");
    Probe unlabelled = new Probe(new byte[] {1, 2, 3}, new float[] {0.6f, 0.8f}, null);
    Probe otherwise = new Probe(new byte[] {1, 2, 3}, new float[] {0.8f, 0.6f}, "a");
    Probe other = new Probe(new byte[] {1, 2, 4}, new float[] {0.6f, 0.8f}, "a");
    assertThat(
            Stream.of(image, relabelled, unlabelled, otherwise, other)
                .map(probe -> ProbeSet.digest(List.of(probe))))
        .doesNotHaveDuplicates();
  }
}
