package io.bagpipe.verticles.ops.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
  @TempDir Path runs;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static StepEvent step(long anchors, long at) {
    return new StepEvent(anchors, 3, Map.of("query", 3.0), 0.03, 100, Instant.ofEpochMilli(at));
  }

  private static RunEvent run(String name) {
    return new RunEvent(name, StageState.RUNNING, "", null, Instant.EPOCH);
  }

  @Test
  void hasStepsOnceASecondAndEveryEvaluation() throws Exception {
    RunLog log = new RunLog(vertx, runs);
    EvaluationEvent evaluation = new EvaluationEvent(3, 0.5, null, 9, 0.1, Instant.EPOCH);
    log.record(run("demo"));
    log.record(step(1, 10_000));
    log.record(step(2, 10_500));
    log.record(evaluation);
    log.record(step(3, 11_000));
    log.flush().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);

    List<OpsEvent> events =
        Files.readAllLines(runs.resolve("demo/training.jsonl")).stream()
            .map(line -> OpsEvent.fromJson(new JsonObject(line)))
            .toList();

    assertThat(events).containsExactly(step(1, 10_000), evaluation, step(3, 11_000));
  }

  @Test
  void aRunsNameLeadsNowhereElse() throws Exception {
    RunLog log = new RunLog(vertx, runs.resolve("inner"));
    log.record(run("../outside"));
    log.record(step(1, 10_000));
    log.flush().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);

    assertThat(runs).isDirectoryNotContaining(path -> path.endsWith("outside"));
    assertThat(runs.resolve("inner")).isNotEmptyDirectory();
  }
}
