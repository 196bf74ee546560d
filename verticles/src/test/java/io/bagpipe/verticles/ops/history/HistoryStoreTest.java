package io.bagpipe.verticles.ops.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryStoreTest {
  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private HistoryStore open() throws Exception {
    HistoryStore store = new HistoryStore(vertx, directory, Map.of("step", List.of("loss")));
    await(store.load());
    return store;
  }

  private static JsonArray column(HistoryStore store, int column) {
    return store.read("step", 0, Integer.MAX_VALUE).getJsonArray("columns").getJsonArray(column);
  }

  @Test
  void isTheSameAfterARestart() throws Exception {
    HistoryStore before = open();
    for (int i = 0; i < 3 * HistoryStore.FINE; i++) {
      before.add("step", i, i % 7 == 0 ? Double.NaN : i);
      if (i % 500 == 0) {
        await(before.flush());
      }
    }
    await(before.flush());

    HistoryStore after = open();

    assertThat(column(after, 0)).isEqualTo(column(before, 0));
    assertThat(column(after, 1)).isEqualTo(column(before, 1));
  }

  @Test
  void stopsGrowingOnDisk() throws Exception {
    HistoryStore store = open();
    for (int i = 0; i < 40_000; i++) {
      store.add("step", i, i);
      if (i % 1000 == 0) {
        await(store.flush());
      }
    }
    await(store.flush());

    long lines = Files.readString(directory.resolve("step.jsonl")).lines().count();
    assertThat(lines).isLessThanOrEqualTo(2L * (HistoryStore.FINE + HistoryStore.COARSE));
  }

  @Test
  void aTornLineCostsOnlyItself() throws Exception {
    HistoryStore before = open();
    before.add("step", 1, 10);
    await(before.flush());
    Files.writeString(directory.resolve("step.jsonl"), "\n[\"f\",2,1", StandardOpenOption.APPEND);

    HistoryStore after = open();
    after.add("step", 3, 30);
    await(after.flush());

    assertThat(column(open(), 0)).isEqualTo(new JsonArray(List.of(1L, 3L)));
  }

  @Test
  void newPointsAreHandedOutOnce() throws Exception {
    HistoryStore store = open();
    store.add("step", 1, 10);

    assertThat(store.takeNew().getJsonObject("step").getJsonArray("fields"))
        .isEqualTo(new JsonArray(List.of("at", "loss")));
    assertThat(store.takeNew().isEmpty()).isTrue();
  }

  @Test
  void aDiskThatFailsIsSaidAndThePointsStay() throws Exception {
    HistoryStore store = open();
    Files.delete(directory);
    store.add("step", 1, 10);

    assertThatThrownBy(() -> await(store.flush())).hasCauseInstanceOf(IOException.class);
    assertThat(column(store, 0)).hasSize(1);
  }
}
