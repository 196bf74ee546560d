package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Asks stages over the event bus and turns what can go wrong into answers for HTTP clients. */
final class StageClient {
  private final EventBus bus;
  private final Duration patience;

  StageClient(EventBus bus, Duration patience) {
    this.bus = bus;
    this.patience = patience;
  }

  /** The reply's body; fails with {@link ApiException}. */
  <T> Future<T> ask(String address, JsonObject request) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(patience.toMillis());
    Future<Message<T>> reply = bus.request(address, request, options);
    return reply.map(Message::body).recover(e -> Future.failedFuture(translate(address, e)));
  }

  private ApiException translate(String address, Throwable failure) {
    if (!(failure instanceof ReplyException reply)) {
      return new ApiException(502, "stage_failed", address + " failed");
    }
    String message = reply.getMessage() == null ? address + " failed" : line(reply.getMessage());
    return switch (reply.failureType()) {
      case NO_HANDLERS ->
          new ApiException(
              503, "not_here", "the stage that answers " + address + " does not run here");
      case TIMEOUT ->
          new ApiException(
              504, "timeout", address + " did not answer within " + patience.toSeconds() + " s");
      default ->
          switch (reply.failureCode()) {
            case Addresses.NOT_FOUND -> new ApiException(404, "not_found", message);
            case Addresses.UNPROCESSABLE -> new ApiException(422, "unprocessable", message);
            default -> new ApiException(502, "stage_failed", message);
          };
    };
  }

  private static String line(String message) {
    String first = message.lines().findFirst().orElse("").strip();
    return first.length() <= 300 ? first : first.substring(0, 300) + "…";
  }
}
