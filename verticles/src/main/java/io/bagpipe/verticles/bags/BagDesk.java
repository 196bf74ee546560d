package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.Neighbour;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
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
        Addresses.BAGS_GET, m -> find(m, look -> bag(look, key(m)).map(BagDesk::json)));
    bus.<JsonObject>localConsumer(
        Addresses.IMAGES_GET,
        m -> find(m, look -> first(look, window -> window.encoded(key(m))).map(Buffer::buffer)));
  }

  private static byte[] key(Message<JsonObject> message) {
    return message.body().getString("key", "").getBytes(StandardCharsets.UTF_8);
  }

  /** The newest of each window of this process, as many of one as of another. */
  private JsonObject sample(JsonObject asked) {
    int count = Math.max(1, Math.min(MOST, asked.getInteger("n", 12)));
    JsonArray bags = new JsonArray();
    windows
        .look(look -> shared(look.owned(), count, (w, n) -> w.sample(n, beside(look, w))))
        .forEach(bag -> bags.add(json(bag)));
    return new JsonObject().put("bags", bags);
  }

  private JsonObject newest(JsonObject asked) {
    int count = Math.max(1, Math.min(MOST_POINTS, asked.getInteger("n", 500)));
    JsonArray items = new JsonArray();
    windows
        .look(look -> shared(look.all(), count, BagWindow::newest))
        .forEach(
            seen ->
                items.add(
                    new JsonObject()
                        .put("key", new String(seen.id(), StandardCharsets.UTF_8))
                        .put("label", seen.label())
                        .put("vector", base64(seen.features()))));
    return new JsonObject().put("items", items);
  }

  private static <T> List<T> shared(
      List<BagWindow> of, int count, BiFunction<BagWindow, Integer, List<T>> take) {
    List<T> taken = new ArrayList<>();
    for (int i = 0; i < of.size(); i++) {
      int left = of.size() - i;
      taken.addAll(take.apply(of.get(i), (count - taken.size() + left - 1) / left));
    }
    return taken;
  }

  /** Where a window's anchors find neighbours, itself aside. */
  private static List<BagWindow> beside(Windows.Look look, BagWindow window) {
    if (!look.isGlobal()) {
      return List.of();
    }
    return look.all().stream().filter(other -> other != window).toList();
  }

  private static Optional<Bag> bag(Windows.Look look, byte[] key) {
    return first(look, window -> window.find(key, beside(look, window)));
  }

  private static String base64(float[] vector) {
    return Base64.getEncoder().encodeToString(Vectors.bytes(vector).toByteArray());
  }

  private <T> void find(Message<JsonObject> asked, Function<Windows.Look, Optional<T>> look) {
    vertx
        .executeBlocking(() -> windows.look(look), false)
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

  private static <T> Optional<T> first(Windows.Look look, Function<BagWindow, Optional<T>> find) {
    return look.all().stream().map(find).flatMap(Optional::stream).findFirst();
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
