package io.bagpipe.verticles.ops.events;

import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** Something a stage tells the operations side. Immutable; any thread. */
public sealed interface OpsEvent
    permits StageEvent,
        StepEvent,
        EvaluationEvent,
        MeasureEvent,
        CheckpointEvent,
        RestoredEvent,
        RegistryEvent,
        ErasEvent,
        IndexEvent,
        DeadLetterEvent,
        DriftEvent,
        DriftLevelEvent,
        DriftReachedEvent,
        ReferencesEvent,
        RunEvent {

  /** The discriminator in JSON: {@code stage}, {@code step}, {@code evaluation}, … */
  String type();

  /** When it happened. */
  Instant at();

  /** This event as it travels; {@link #fromJson} reads it back. */
  JsonObject toJson();

  /** Publishes this event on {@link Addresses#EVENTS}. */
  default void publish(EventBus bus) {
    bus.publish(Addresses.EVENTS, toJson());
  }

  /**
   * Reads an event back.
   *
   * @throws IllegalArgumentException when the type or one of its values is unknown
   */
  static OpsEvent fromJson(JsonObject json) {
    String type = json.getString("type", "");
    return switch (type) {
      case StageEvent.TYPE -> StageEvent.fromJson(json);
      case StepEvent.TYPE -> StepEvent.fromJson(json);
      case EvaluationEvent.TYPE -> EvaluationEvent.fromJson(json);
      case MeasureEvent.TYPE -> MeasureEvent.fromJson(json);
      case CheckpointEvent.TYPE -> CheckpointEvent.fromJson(json);
      case RestoredEvent.TYPE -> RestoredEvent.fromJson(json);
      case RegistryEvent.TYPE -> RegistryEvent.fromJson(json);
      case ErasEvent.TYPE -> ErasEvent.fromJson(json);
      case IndexEvent.TYPE -> IndexEvent.fromJson(json);
      case DeadLetterEvent.TYPE -> DeadLetterEvent.fromJson(json);
      case DriftEvent.TYPE -> DriftEvent.fromJson(json);
      case DriftLevelEvent.TYPE -> DriftLevelEvent.fromJson(json);
      case DriftReachedEvent.TYPE -> DriftReachedEvent.fromJson(json);
      case ReferencesEvent.TYPE -> ReferencesEvent.fromJson(json);
      case RunEvent.TYPE -> RunEvent.fromJson(json);
      default -> throw new IllegalArgumentException("type: '" + type + "' is no event's");
    };
  }
}
