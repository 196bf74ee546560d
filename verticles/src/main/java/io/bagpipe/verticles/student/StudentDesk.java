package io.bagpipe.verticles.student;

import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests from the event bus to the training thread and answers them. */
final class StudentDesk {
  private static final Logger LOG = LoggerFactory.getLogger(StudentDesk.class);

  private final Vertx vertx;
  private final Desk desk;
  private final StudentLoop loop;
  private final Looks looks;
  private final Exports exports;

  StudentDesk(Vertx vertx, Desk desk, StudentLoop loop, Looks looks, Exports exports) {
    this.vertx = vertx;
    this.desk = desk;
    this.loop = loop;
    this.looks = looks;
    this.exports = exports;
  }

  void open() {
    var bus = vertx.eventBus();
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_CHECKPOINT,
        m -> answer(m, () -> Events.checkpoint(loop.save()).toJson()));
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_EMBED, m -> answer(m, () -> embed(m.body().getBinary("bytes"))));
    bus.<JsonObject>localConsumer(Addresses.STUDENT_EXPORT, this::export);
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_EVALUATE, m -> answer(m, desk.askLong(this::evaluate)));
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_ERA, m -> answer(m, () -> begin(m.body().getString("name"))));
    bus.<JsonObject>localConsumer(StudentRequests.PROGRESS, m -> answer(m, this::progress));
    vertx
        .executeBlocking(
            () -> {
              exports.sweep();
              return null;
            },
            false)
        .onFailure(e -> LOG.warn("older exports were not deleted: {}", e.toString()));
  }

  private JsonObject evaluate() {
    if (!loop.student().canBeJudged()) {
      throw new IllegalStateException("there is nothing to evaluate on: set eval.dir");
    }
    Judgement judgement = loop.evaluate();
    if (judgement == null) {
      throw new IllegalStateException("the student is stopping");
    }
    return Events.evaluation(judgement).toJson();
  }

  private JsonObject begin(String name) {
    Probes probes = loop.student().probes();
    if (probes == null) {
      throw new IllegalArgumentException("there are no eras: nothing is held out, set probe.share");
    }
    if (!loop.beginAndSave(name)) {
      throw new IllegalArgumentException(
          "era %s does not begin: one of that name has, or the era before it is younger than probe.era-images"
              .formatted(name));
    }
    return ErasReport.of(loop.student().trainer().anchors(), probes.all()).toJson();
  }

  private JsonObject progress() {
    return new JsonObject()
        .put("anchors", loop.student().trainer().anchors())
        .put("images", loop.student().ledger().count() + loop.student().ledger().held())
        .put("pending", loop.pending())
        .put("pendingImages", loop.pendingImages())
        .put("busyNanos", loop.progress().busyNanos())
        .put("starvedNanos", loop.progress().starvedNanos())
        .put("savingNanos", loop.progress().savingNanos())
        .put("checkpoints", loop.progress().checkpoints());
  }

  private JsonObject embed(byte[] image) throws ImageRejectedException {
    float[] embedding = looks.embed(loop.student().engine(), image);
    JsonArray values = new JsonArray();
    for (float value : embedding) {
      values.add(value);
    }
    return new JsonObject()
        .put("embedding", values)
        .put("anchors", loop.student().trainer().anchors());
  }

  /** Reads a checkpoint and writes what is made of it on a worker: training does not wait. */
  private void export(Message<JsonObject> asked) {
    String format = asked.body().getString("format", "onnx");
    vertx
        .executeBlocking(() -> exports.current(format), false)
        .onSuccess(file -> asked.reply(new JsonObject().put("path", file.toString())))
        .onFailure(
            e -> {
              if (e instanceof NoSuchFileException) {
                asked.fail(
                    Addresses.NOT_FOUND,
                    "no student serves yet; POST /api/checkpoint saves the one in training");
              } else {
                asked.fail(500, String.valueOf(e.getMessage()));
              }
            });
  }

  private void answer(Message<JsonObject> asked, Callable<JsonObject> work) {
    answer(asked, desk.ask(work));
  }

  private static void answer(Message<JsonObject> asked, CompletableFuture<JsonObject> work) {
    work.whenComplete(
        (reply, error) -> {
          if (error == null) {
            asked.reply(reply);
          } else if (error instanceof ImageRejectedException
              || error instanceof IllegalArgumentException) {
            asked.fail(Addresses.UNPROCESSABLE, String.valueOf(error.getMessage()));
          } else {
            asked.fail(503, String.valueOf(error.getMessage()));
          }
        });
  }
}
