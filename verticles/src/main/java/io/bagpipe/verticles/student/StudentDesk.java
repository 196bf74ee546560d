package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;

/** Takes requests from the event bus to the training thread and answers them. */
final class StudentDesk {
  private final Vertx vertx;
  private final Desk desk;
  private final StudentLoop loop;

  StudentDesk(Vertx vertx, Desk desk, StudentLoop loop) {
    this.vertx = vertx;
    this.desk = desk;
    this.loop = loop;
  }

  void open() {
    var bus = vertx.eventBus();
    bus.<JsonObject>localConsumer(
        Addresses.STUDENT_CHECKPOINT,
        m -> answer(m, () -> Events.checkpoint(loop.save()).toJson()));
    bus.<JsonObject>localConsumer(Addresses.STUDENT_EVALUATE, m -> answer(m, this::evaluate));
    bus.<JsonObject>localConsumer(StudentRequests.PROGRESS, m -> answer(m, this::progress));
  }

  private JsonObject evaluate() {
    Evaluation evaluation = loop.evaluate();
    if (evaluation == null) {
      throw new IllegalStateException("there is nothing to evaluate on: set eval.dir");
    }
    return Events.evaluation(loop.student().trainer().anchors(), evaluation).toJson();
  }

  private JsonObject progress() {
    return new JsonObject()
        .put("anchors", loop.student().trainer().anchors())
        .put("pending", loop.pending());
  }

  private void answer(Message<JsonObject> asked, Callable<JsonObject> work) {
    desk.ask(work)
        .whenComplete(
            (reply, error) -> {
              if (error == null) {
                asked.reply(reply);
              } else {
                asked.fail(503, String.valueOf(error.getMessage()));
              }
            });
  }
}
