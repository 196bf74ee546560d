package io.bagpipe.verticles.stage;

import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** Pause and resume: one request comes in, every stage of this process hears of it. */
public final class Controls {
  private static final String EVERYBODY = "bagpipe.control.stages";
  private static final String PAUSED = "paused";

  private Controls() {}

  /** Answers the requests; once a process. */
  public static void open(Vertx vertx) {
    answer(vertx, Addresses.PAUSE, true);
    answer(vertx, Addresses.RESUME, false);
  }

  private static void answer(Vertx vertx, String address, boolean paused) {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            address,
            asked -> {
              vertx.eventBus().publish(EVERYBODY, new JsonObject().put(PAUSED, paused));
              asked.reply(new JsonObject().put("state", paused ? "paused" : "running"));
            });
  }

  /** Tells a stage whenever it is to pause (true) or to go on (false). */
  public static void hear(Vertx vertx, Consumer<Boolean> stage) {
    MessageConsumer<JsonObject> hearing = vertx.eventBus().<JsonObject>localConsumer(EVERYBODY);
    hearing.handler(said -> stage.accept(said.body().getBoolean(PAUSED)));
  }
}
