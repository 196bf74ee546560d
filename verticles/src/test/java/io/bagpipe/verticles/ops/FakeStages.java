package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.CheckpointEvent;
import io.bagpipe.verticles.ops.events.DeadLetterEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.RegistryEvent;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.Records;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.StudentRecord;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Four stages that only pretend: plausible events every period, and answers to all requests. */
public final class FakeStages extends VerticleBase {
  private static final String[] LABELS = {"disc", "ring", "box", "bar", "cross", "star"};
  private static final long GOAL = 60_000;

  private final long periodMillis;
  private final Random random = new Random(7);
  private long anchors;
  private long taken;
  private long ticks;
  private long at;
  private boolean paused;
  private boolean studentStopped;

  /**
   * @param periodMillis between events, 0: only when told
   * @param past how many periods have gone by already
   */
  public FakeStages(long periodMillis, int past) {
    this.periodMillis = periodMillis;
    this.at = System.currentTimeMillis() - 1000L * past;
    this.anchors = 0;
    this.ticks = -past;
  }

  @Override
  public Future<?> start() {
    answer(Addresses.BAGS_SAMPLE, this::sample);
    answer(Addresses.BAGS_GET, m -> bag(m.body().getString("key")));
    answer(Addresses.INDEX_SAMPLE, m -> points(m.body().getInteger("n")));
    answer(Addresses.PAUSE, m -> control(true));
    answer(Addresses.RESUME, m -> control(false));
    answer(Addresses.STUDENT_CHECKPOINT, m -> checkpoint().toJson());
    answer(Addresses.STUDENT_EVALUATE, m -> evaluation().toJson());
    registry();
    answer(
        Addresses.STUDENT_EMBED,
        m ->
            new JsonObject().put("embedding", new JsonArray().add(0.6).add(0.8)).put("anchors", 1));
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.IMAGES_GET,
            m -> {
              String key = m.body().getString("key");
              if (key.startsWith("no-")) {
                m.fail(Addresses.NOT_FOUND, "no image " + key);
              } else {
                m.reply(Buffer.buffer(png(key)));
              }
            });
    while (ticks < 0) {
      tick();
    }
    if (periodMillis > 0) {
      vertx.setPeriodic(periodMillis, t -> tick());
    }
    return Future.succeededFuture();
  }

  /** Two students, of which one serves; whoever is promoted serves. */
  private void registry() {
    StudentRecord[] serving = {Records.kept(Records.candidate(6_400, 0.79))};
    StudentRecord other = Records.kept(Records.candidate(12_800, 0.77));
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.STUDENT_REGISTRY,
            m -> {
              String id = m.body().getString("id");
              if (id == null) {
                JsonArray all = new JsonArray();
                all.add(
                    new JsonObject(StudentJson.API.document(serving[0])).put("stage", "serving"));
                all.add(new JsonObject(StudentJson.API.document(other)));
                m.reply(new JsonObject().put("serving", serving[0].id()).put("students", all));
              } else if (other.id().startsWith(id)) {
                m.reply(
                    new JsonObject(StudentJson.API.document(Dossier.alone(other)))
                        .put("card", "# Student " + other.id()));
              } else {
                m.fail(Addresses.NOT_FOUND, "there is no student " + id);
              }
            });
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.STUDENT_PROMOTE,
            m -> {
              if (m.body().getString("id").equals(other.id())) {
                m.reply(m.body().copy().put("serving", other.id()));
              } else {
                m.fail(Addresses.UNPROCESSABLE, "its files were let go of");
              }
            });
    answer(Addresses.STUDENT_ROLL_BACK, m -> m.body().copy().put("serving", other.id()));
  }

  /** From now on the student says nothing more, and bags pile up before it. */
  public void stopStudent() {
    studentStopped = true;
  }

  private interface Answer {
    JsonObject to(Message<JsonObject> message);
  }

  private void answer(String address, Answer answer) {
    vertx.eventBus().<JsonObject>localConsumer(address, m -> m.reply(answer.to(m)));
  }

  private JsonObject control(boolean pause) {
    paused = pause;
    tick();
    return new JsonObject().put("state", pause ? "paused" : "running");
  }

  /** One second of the pretended run. */
  void tick() {
    ticks++;
    at = ticks <= 0 ? at + 1000 : System.currentTimeMillis();
    if (!paused) {
      taken += 180;
    }
    if (!paused && !studentStopped) {
      anchors += 180 + random.nextInt(60);
      step().publish(vertx.eventBus());
    }
    for (Stage stage : Stage.values()) {
      if (stage != Stage.STUDENT || !studentStopped) {
        stage(stage).publish(vertx.eventBus());
      }
    }
    if (ticks % 15 == 0) {
      evaluation().publish(vertx.eventBus());
    }
    if (ticks % 40 == 0) {
      checkpoint().publish(vertx.eventBus());
      decided().publish(vertx.eventBus());
      deadLetter().publish(vertx.eventBus());
    }
    if (ticks % 5 == 0) {
      run().publish(vertx.eventBus());
      index().publish(vertx.eventBus());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(at);
  }

  private OpsEvent step() {
    double progress = anchors / (double) GOAL;
    double base = 1.6 + 5.2 * Math.exp(-4 * progress);
    double q = base + 0.12 * random.nextGaussian();
    double m = base + 0.35 + 0.12 * random.nextGaussian();
    double x = base + 0.7 + 0.1 * random.nextGaussian();
    double rate = 0.03 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    Map<String, Double> terms = new LinkedHashMap<>();
    terms.put("query", q);
    terms.put("member", m);
    terms.put("mix", x);
    return new StepEvent(
        anchors, (q + m + x) / 3, terms, rate, 205 + 12 * random.nextGaussian(), now());
  }

  private EvaluationEvent evaluation() {
    double progress = anchors / (double) GOAL;
    return new EvaluationEvent(
        anchors,
        0.87 - 0.45 * Math.exp(-5 * progress) + 0.006 * random.nextGaussian(),
        null,
        18 + 40 * (1 - Math.exp(-3 * progress)) + random.nextGaussian(),
        0.085,
        now());
  }

  private CheckpointEvent checkpoint() {
    return new CheckpointEvent("demo/" + anchors + ".ckpt", anchors, 4_830_122, 0.21, now());
  }

  private OpsEvent decided() {
    return new RegistryEvent("6400", 6_400, "12800", "candidate", "It is worse.", now());
  }

  private OpsEvent deadLetter() {
    return new DeadLetterEvent(
        "img-" + Math.abs(ticks * 131 % 60_000),
        Stage.AUGMENT,
        "ImageRejectedException",
        "the JPEG ends after 1,204 of its bytes",
        0,
        Math.abs(ticks * 131 % 60_000),
        now());
  }

  private OpsEvent run() {
    return new RunEvent(
        "demo-fashion", StageState.RUNNING, "Learning from the demo's images.", GOAL, now());
  }

  private OpsEvent index() {
    long size = Math.min(16_384, anchors);
    return new IndexEvent(
        size,
        size,
        size * 4200,
        size / 205.0,
        0.81,
        0.93,
        new IndexEvent.Turnover(size, 1, 2, 3, size, 4, 0),
        IndexEvent.Memory.NONE,
        now());
  }

  private OpsEvent stage(Stage stage) {
    boolean held = stage == Stage.AUGMENT && ticks % 20 > 11;
    double[] busy = {0.42, 0.71, 0.18, 0.97};
    long[] lag = {24_000, 380, 120, 640};
    int i = java.util.List.of(Stage.values()).indexOf(stage);
    StageState state = paused ? StageState.PAUSED : held ? StageState.WAITING : StageState.RUNNING;
    double rate = paused || held ? 0 : 205 + 25 * random.nextGaussian();
    return new StageEvent(
        stage,
        new StageEvent.Flow(taken + 64L * (4 - i), taken, i == 0 ? 3 : 0, rate),
        Math.min(1, Math.max(0, busy[i] + 0.04 * random.nextGaussian())),
        new StageEvent.Queue(Math.min(64, (int) (busy[i] * 60) + random.nextInt(6)), 64),
        stage == Stage.STUDENT ? Gate.NONE : held ? Gate.CLOSED : Gate.OPEN,
        Math.max(0, lag[i] + (long) (lag[i] * 0.2 * random.nextGaussian())),
        state,
        new StageEvent.Said("", now()));
  }

  private JsonObject sample(Message<JsonObject> message) {
    JsonArray bags = new JsonArray();
    for (int i = 0; i < message.body().getInteger("n"); i++) {
      bags.add(bag("img-" + random.nextInt(60_000)));
    }
    return new JsonObject().put("bags", bags);
  }

  private static int label(String key) {
    return Math.floorMod(key.hashCode() * 31, LABELS.length);
  }

  private JsonObject bag(String key) {
    JsonArray members = new JsonArray();
    double similarity = 0.985;
    while (members.size() < 5) {
      String member = "img-" + random.nextInt(60_000);
      if (label(member) == label(key) || random.nextInt(30) == 0) {
        similarity -= 0.03 * random.nextDouble();
        members.add(
            new JsonObject()
                .put("key", member)
                .put("similarity", similarity)
                .put("label", LABELS[label(member)]));
      }
    }
    return new JsonObject()
        .put("key", key)
        .put("label", LABELS[label(key)])
        .put("members", members);
  }

  private JsonObject points(int n) {
    JsonArray items = new JsonArray();
    for (int i = 0; i < n; i++) {
      String key = "img-" + random.nextInt(60_000);
      ByteBuffer vector = ByteBuffer.allocate(8 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int d = 0; d < 8; d++) {
        double centre = Math.sin(label(key) * 1.7 + d * 2.3);
        vector.putFloat((float) (centre + 0.35 * random.nextGaussian()));
      }
      items.add(
          new JsonObject()
              .put("key", key)
              .put("label", LABELS[label(key)])
              .put("vector", Base64.getEncoder().encodeToString(vector.array())));
    }
    return new JsonObject().put("items", items);
  }

  /** A small picture that is a function of its key. */
  public static byte[] png(String key) {
    Random own = new Random(key.hashCode());
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(Color.getHSBColor(own.nextFloat(), 0.15f, 0.25f));
    g.fillRect(0, 0, 32, 32);
    int label = label(key);
    g.setColor(Color.getHSBColor(label / 6f + 0.06f * own.nextFloat(), 0.6f, 0.95f));
    g.translate(16 + own.nextInt(5) - 2, 16 + own.nextInt(5) - 2);
    g.rotate(own.nextDouble() * 0.8);
    int r = 8 + own.nextInt(4);
    switch (label) {
      case 0 -> g.fillOval(-r, -r, 2 * r, 2 * r);
      case 1 -> {
        g.fillOval(-r, -r, 2 * r, 2 * r);
        g.setColor(Color.DARK_GRAY);
        g.fillOval(-r / 2, -r / 2, r, r);
      }
      case 2 -> g.fillRect(-r, -r, 2 * r, 2 * r);
      case 3 -> g.fillRect(-r, -3, 2 * r, 6);
      case 4 -> {
        g.fillRect(-r, -3, 2 * r, 6);
        g.fillRect(-3, -r, 6, 2 * r);
      }
      default -> {
        g.fillRect(-r + 2, -r + 2, 2 * r - 4, 2 * r - 4);
        g.rotate(Math.PI / 4);
        g.fillRect(-r + 2, -r + 2, 2 * r - 4, 2 * r - 4);
      }
    }
    g.dispose();
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
