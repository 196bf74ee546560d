package io.bagpipe.verticles.ops.history;

import io.bagpipe.verticles.ops.events.CheckpointEvent;
import io.bagpipe.verticles.ops.events.DriftEvent;
import io.bagpipe.verticles.ops.events.DriftReachedEvent;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.RegistryEvent;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The training log of each run, {@code runs/<run>/training.jsonl}: steps (one a second at most),
 * evaluations and checkpoints as JSON lines, as they were published. At 64 MiB the file becomes
 * {@code training.old.jsonl}, so that a run of months stays within twice that.
 *
 * <p>Confined to the event loop; files are written on its ordered worker.
 */
public final class RunLog {
  private static final long LARGEST_BYTES = 64L << 20;
  private static final long STEP_PERIOD_MILLIS = 1_000;
  private static final int MOST_WAITING = 10_000;

  private final Vertx vertx;
  private final Path runs;
  private final List<String> lines = new ArrayList<>();
  private @Nullable String run;
  private long stepAt;

  public RunLog(Vertx vertx, Path runs) {
    this.vertx = vertx;
    this.runs = runs;
  }

  /** Takes what belongs into the log; before the run is known, nothing does. */
  public void record(OpsEvent event) {
    if (event instanceof RunEvent said) {
      run = safe(said.run());
    } else if (event instanceof StepEvent) {
      long at = event.at().toEpochMilli();
      if (at < stepAt || at - stepAt >= STEP_PERIOD_MILLIS) {
        stepAt = at;
        add(event);
      }
    } else if (event instanceof DriftEvent
        || event instanceof DriftReachedEvent
        || event instanceof EvaluationEvent
        || event instanceof MeasureEvent
        || event instanceof CheckpointEvent
        || event instanceof ErasEvent
        || event instanceof RegistryEvent) {
      add(event);
    }
  }

  /** A run's name as a directory's: nothing in it leads elsewhere. */
  private static @Nullable String safe(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "_");
    return safe.isEmpty() ? null : safe;
  }

  private void add(OpsEvent event) {
    if (run != null && lines.size() < MOST_WAITING) {
      lines.add(event.toJson().encode());
    }
  }

  /** Writes what is new. */
  public Future<Void> flush() {
    String name = run;
    if (lines.isEmpty() || name == null) {
      return Future.succeededFuture();
    }
    List<String> fresh = List.copyOf(lines);
    lines.clear();
    Path directory = runs.resolve(name);
    return vertx.executeBlocking(
        () -> {
          append(directory, fresh);
          return null;
        });
  }

  private static void append(Path directory, List<String> fresh) throws IOException {
    Files.createDirectories(directory);
    Path log = directory.resolve("training.jsonl");
    if (Files.exists(log) && Files.size(log) > LARGEST_BYTES) {
      Files.move(
          log,
          directory.resolve("training.old.jsonl"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(
        log,
        String.join("\n", fresh) + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
