package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.Neighbour;
import io.bagpipe.model.index.Sighting;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Answers those who want to look at the windows. Works on worker threads, one look at a time. */
final class BagDesk {
  private static final int MOST = 200;
  private static final int MOST_POINTS = 5_000;

  private final Vertx vertx;
  private final Windows windows;

  BagDesk(Vertx vertx, Windows windows) {
    this.vertx = vertx;
    this.windows = windows;
  }

  void open() {
    var bus = vertx.eventBus();
    bus.<JsonObject>localConsumer(Addresses.BAGS_SAMPLE, m -> answer(m, () -> sample(m.body())));
    bus.<JsonObject>localConsumer(Addresses.INDEX_SAMPLE, m -> answer(m, () -> newest(m.body())));
    bus.<JsonObject>localConsumer(
        Addresses.BAGS_GET, m -> find(m, window -> window.find(key(m)).map(BagDesk::json)));
    bus.<JsonObject>localConsumer(
        Addresses.IMAGES_GET, m -> find(m, window -> window.encoded(key(m)).map(Buffer::buffer)));
  }

  private static byte[] key(Message<JsonObject> message) {
    return message.body().getString("key", "").getBytes(StandardCharsets.UTF_8);
  }

  private JsonObject sample(JsonObject asked) {
    int count = Math.max(1, Math.min(MOST, asked.getInteger("n", 12)));
    JsonArray bags = new JsonArray();
    for (Windows.Owned owned : windows.all().values()) {
      synchronized (owned.window()) {
        for (Bag bag : owned.window().sample(count - bags.size())) {
          bags.add(json(bag));
        }
      }
      if (bags.size() >= count) {
        break;
      }
    }
    return new JsonObject().put("bags", bags);
  }

  private JsonObject newest(JsonObject asked) {
    int count = Math.max(1, Math.min(MOST_POINTS, asked.getInteger("n", 500)));
    JsonArray items = new JsonArray();
    for (Windows.Owned owned : windows.all().values()) {
      synchronized (owned.window()) {
        for (Sighting seen : owned.window().newest(count - items.size())) {
          items.add(
              new JsonObject()
                  .put("key", new String(seen.id(), StandardCharsets.UTF_8))
                  .put("label", seen.label())
                  .put("vector", base64(seen.features())));
        }
      }
      if (items.size() >= count) {
        break;
      }
    }
    return new JsonObject().put("items", items);
  }

  private static String base64(float[] vector) {
    return Base64.getEncoder().encodeToString(Vectors.bytes(vector).toByteArray());
  }

  private <T> void find(Message<JsonObject> asked, Function<BagWindow, Optional<T>> look) {
    vertx
        .executeBlocking(() -> look(look), false)
        .onSuccess(
            found -> {
              if (found.isPresent()) {
                asked.reply(found.get());
              } else {
                asked.fail(Addresses.NOT_FOUND, "no such image in the window");
              }
            })
        .onFailure(e -> asked.fail(500, e.toString()));
  }

  private <T> Optional<T> look(Function<BagWindow, Optional<T>> look) {
    for (Windows.Owned owned : windows.all().values()) {
      synchronized (owned.window()) {
        Optional<T> found = look.apply(owned.window());
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private void answer(Message<JsonObject> asked, Callable<JsonObject> work) {
    vertx
        .executeBlocking(work, false)
        .onSuccess(asked::reply)
        .onFailure(e -> asked.fail(500, e.toString()));
  }

  private static JsonObject json(Bag bag) {
    JsonArray members = new JsonArray();
    for (Neighbour neighbour : bag.neighbours()) {
      members.add(
          new JsonObject()
              .put("key", new String(neighbour.id(), StandardCharsets.UTF_8))
              .put("similarity", neighbour.similarity())
              .put("label", neighbour.label()));
    }
    return new JsonObject()
        .put("key", new String(bag.id(), StandardCharsets.UTF_8))
        .put("label", bag.label())
        .put("members", members);
  }
}
