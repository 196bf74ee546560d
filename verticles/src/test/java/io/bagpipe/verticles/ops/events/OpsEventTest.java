package io.bagpipe.verticles.ops.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.reference.FetchCounts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OpsEventTest {
  private static final Instant AT = Instant.ofEpochMilli(1_795_392_741_305L);

  static Stream<OpsEvent> events() {
    return Stream.of(
        new StageEvent(
            Stage.BAGS,
            new StageEvent.Flow(5, 4, 1, 2.5),
            0.25,
            new StageEvent.Queue(3, 64),
            Gate.CLOSED,
            77,
            StageState.WAITING,
            new StageEvent.Said("its gate is closed", AT)),
        new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(5, 4, 1, 2.5),
            0.25,
            new StageEvent.Queue(3, 64),
            Gate.NONE,
            StageEvent.Input.of(Set.of(2, 0)),
            new StageEvent.Doing(
                StageState.EVALUATING, new StageEvent.Work("images", 7, 12_000, 1L << 40)),
            new StageEvent.Said("", AT)),
        new RestoredEvent(64, 3.5, new EvaluationEvent(32, 0.8, null, 12.5, 0.08, AT), AT),
        new RestoredEvent(64, Double.NaN, null, AT),
        new StepEvent(64, 3, Map.of("query", 2.0, "mix", Double.NaN), 0.03, 100, AT),
        new StepEvent(64, Double.NaN, Map.of(), 0.03, 100, AT),
        new EvaluationEvent(64, 0.8, null, 12.5, 0.08, AT),
        new MeasureEvent(
            64,
            Map.of("head_rank", 2.5, "floor_query", Double.NaN),
            Map.of("collapse", "it says the same of all"),
            AT),
        new MeasureEvent(0, Map.of(), Map.of(), AT),
        new CheckpointEvent("demo/64.ckpt", 64, 1000, 0.5, AT),
        new IndexEvent(
            10,
            9,
            1000,
            60,
            null,
            0.9,
            new IndexEvent.Turnover(20, 1, 2, 3, 19, 4, 5),
            new IndexEvent.Memory(6, 7, 8),
            AT),
        new DeadLetterEvent("k", Stage.AUGMENT, "ImageRejectedException", "torn", 1, 2, AT),
        new DriftEvent(
            "0-77",
            0,
            78,
            new DriftEvent.Measures(32, 0.2, 0.1, 0.5, Double.NaN),
            List.of("a"),
            List.of("b", "c"),
            AT),
        new DriftLevelEvent(new DriftLevelEvent.Level(0.1, 0.2, 3, true), AT),
        new ReferencesEvent(new FetchCounts.Now(1, 2, 3, 4, 0.5), AT),
        new DriftLevelEvent(new DriftLevelEvent.Level(Double.NaN, Double.NaN, 0, false), AT),
        new DriftReachedEvent("0-77", 96, true, AT),
        new RunEvent("demo", StageState.RUNNING, "Learning.", 60_000L, AT),
        new ErasEvent(
            64,
            new JsonArray().add(new JsonObject().put("number", 0).put("name", "start")),
            new JsonObject().put("forgetting", 0.25),
            AT),
        new RegistryEvent("64-1a2b3c4d", 64, "128-5e6f7a8b", "candidate", "It is worse.", AT),
        new RunEvent("demo", StageState.PAUSED, "", null, AT));
  }

  @ParameterizedTest
  @MethodSource("events")
  void travelsAsJsonAndComesBackTheSame(OpsEvent event) {
    String wire = event.toJson().encode();

    assertThat(OpsEvent.fromJson(new JsonObject(wire))).isEqualTo(event);
  }

  @Test
  void anUnknownTypeOrValueIsNamed() {
    assertThatThrownBy(() -> OpsEvent.fromJson(new JsonObject().put("type", "gossip")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gossip");
    JsonObject stage = new JsonObject().put("type", "stage").put("stage", "oven");
    assertThatThrownBy(() -> OpsEvent.fromJson(stage))
        .hasMessageContaining("oven")
        .hasMessageContaining("augment, teacher, bags, student");
  }
}
