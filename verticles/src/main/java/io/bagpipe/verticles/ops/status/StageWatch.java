package io.bagpipe.verticles.ops.status;

import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches one stage for progress. Confined to the event loop. */
final class StageWatch {
  private final Patience patience;
  private @Nullable StageEvent latest;
  private Instant heard;

  /** The last time it moved, or had a good reason not to. */
  private Instant progress;

  /** By partition, of the whole topic. */
  private Map<Integer, Long> topicLag = Map.of();

  StageWatch(Patience patience, Instant now) {
    this.patience = patience;
    this.heard = now;
    this.progress = now;
  }

  /**
   * @param kafkaAnswers false: nothing can move, and that is no fault of the stage's
   */
  void accept(StageEvent event, boolean kafkaAnswers, Instant now) {
    StageEvent before = latest;
    latest = event;
    heard = now;
    boolean moved =
        before == null
            || moved(before.flow(), event.flow())
            || !Objects.equals(before.doing(), event.doing());
    if (moved || !kafkaAnswers || excused(event) || !hasInput()) {
      progress = now;
    }
  }

  /** The lag of each partition of this stage's input topic as measured at the broker. */
  void topicLag(Map<Integer, Long> lag, Instant now) {
    boolean idleBefore = !hasInput();
    topicLag = lag;
    if (idleBefore && heardWithin(patience.silentAfter(), now)) {
      progress = now;
    }
  }

  private static boolean moved(StageEvent.Flow before, StageEvent.Flow after) {
    return before.in() != after.in()
        || before.out() != after.out()
        || before.deadLetters() != after.deadLetters();
  }

  /** What shows how far it is has no excuse for standing still. */
  private static boolean excused(StageEvent event) {
    if (event.doing().work() != null) {
      return false;
    }
    return event.gate() == Gate.CLOSED
        || event.state() == StageState.PAUSED
        || event.state() == StageState.RESTORING
        || event.state() == StageState.STANDBY
        || event.state() == StageState.STOPPED;
  }

  private boolean heardWithin(Duration time, Instant now) {
    return Duration.between(heard, now).compareTo(time) <= 0;
  }

  @Nullable StageEvent latest() {
    return latest;
  }

  /** Records waiting before this stage, in the partitions that it has; -1 when nobody knows. */
  long lag() {
    StageEvent event = latest;
    if (event == null) {
      return topicLag();
    }
    Set<Integer> own = event.input().partitions();
    return Math.max(event.input().lag(), own == null ? topicLag() : topicLag(own));
  }

  /** Of the whole topic, whoever is to read it. */
  private long topicLag() {
    return topicLag(topicLag.keySet());
  }

  private long topicLag(Set<Integer> partitions) {
    return topicLag.isEmpty()
        ? -1
        : partitions.stream().mapToLong(partition -> topicLag.getOrDefault(partition, 0L)).sum();
  }

  boolean hasInput() {
    StageEvent event = latest;
    return lag() > 0
        || (event != null && (event.queue().size() > 0 || event.doing().work() != null));
  }

  /** How long it has had input without making progress. */
  Duration stuckFor(Instant now) {
    return hasInput() ? Duration.between(progress, now) : Duration.ZERO;
  }

  Duration silentFor(Instant now) {
    return Duration.between(heard, now);
  }

  /** Null: it never reported, so perhaps it does not run here. */
  @Nullable Condition condition(Instant now) {
    StageEvent event = latest;
    if (event == null) {
      return null;
    }
    if (event.state() == StageState.FAILED) {
      return Condition.FAILED;
    }
    if (event.state() == StageState.STOPPED) {
      return hasInput() && !heardWithin(patience.stalledAfter(), now)
          ? Condition.STALLED
          : Condition.STOPPED;
    }
    if (!heardWithin(patience.silentAfter(), now)) {
      return stuckFor(now).compareTo(patience.stalledAfter()) > 0
          ? Condition.STALLED
          : Condition.SILENT;
    }
    if (stuckFor(now).compareTo(patience.stalledAfter()) > 0) {
      return Condition.STALLED;
    }
    return switch (event.state()) {
      case RESTORING -> Condition.RESTORING;
      case EVALUATING -> Condition.EVALUATING;
      case SAVING -> Condition.SAVING;
      case STANDBY -> Condition.STANDBY;
      case PAUSED -> Condition.PAUSED;
      case WAITING -> event.gate() == Gate.CLOSED ? Condition.HELD : Condition.WAITING;
      default -> event.gate() == Gate.CLOSED ? Condition.HELD : Condition.RUNNING;
    };
  }

  /** Why it is ill, one sentence; empty when it is not. */
  String reason(Instant now) {
    Condition condition = condition(now);
    if (condition == Condition.STALLED) {
      return stuck(now);
    }
    if (condition == Condition.SILENT) {
      return "not heard of for " + Words.time(silentFor(now));
    }
    if (condition == Condition.HELD) {
      return "held by its gate: the next stage is behind";
    }
    StageEvent event = latest;
    if (event == null) {
      return "";
    }
    StageEvent.Work work = event.doing().work();
    return work == null || !event.said().message().isEmpty()
        ? event.said().message()
        : Words.work(event.state(), work);
  }

  /** For how long it has not moved although it should, and in what. */
  String stuck(Instant now) {
    StageEvent event = latest;
    StageEvent.Work work = event == null ? null : event.doing().work();
    return (event == null || work == null ? "has input" : "is " + Words.work(event.state(), work))
        + ", but made no progress for "
        + Words.time(stuckFor(now));
  }
}
