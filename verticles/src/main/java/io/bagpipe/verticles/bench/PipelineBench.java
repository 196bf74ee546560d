package io.bagpipe.verticles.bench;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.demo.Pusher;
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.service.Service;
import io.bagpipe.verticles.service.ServiceException;
import io.bagpipe.verticles.student.StudentRequests;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the stages cost each other: the same images go first through each stage alone, the others
 * stopped and its input lying ready in Kafka, then through all of them at once. Rates are taken
 * between the first tenth of the images and the last, so that no start is in them. Blocks its
 * thread; used once.
 */
public final class PipelineBench {
  private static final long LOOK_MILLIS = 50;

  /**
   * A stage alone and in company.
   *
   * @param alonePerSecond images a second, the other stages stopped
   * @param busyTogether share of the time in which it worked when all ran
   */
  public record StageResult(double alonePerSecond, double busyTogether) {}

  /**
   * What checkpoints cost the trainer when all stages ran.
   *
   * @param checkpoints how many were written
   * @param share of the time in which the trainer wrote them; neither busy nor starved
   * @param meanSeconds what one of them took, NaN without any
   */
  public record Saving(long checkpoints, double share, double meanSeconds) {
    /** Between two answers to {@link StudentRequests#PROGRESS}, so many nanoseconds apart. */
    static Saving between(JsonObject before, JsonObject after, double nanos) {
      long count = grown("checkpoints", before, after);
      double saving = grown("savingNanos", before, after);
      return new Saving(count, saving / nanos, count == 0 ? Double.NaN : saving / 1e9 / count);
    }

    /** The share that checkpoints would take if one were written in every such period. */
    public double shareAt(Duration every) {
      return meanSeconds / (every.toNanos() / 1e9);
    }
  }

  /**
   * What was found.
   *
   * @param imagesPerSecond images trained a second when all stages ran
   * @param trainerStarved share of that time in which the trainer waited for input
   * @param saving what that time's checkpoints cost
   * @param measuredSeconds how long that time was
   */
  public record Result(
      Map<Stage, StageResult> stages,
      double imagesPerSecond,
      double trainerStarved,
      Saving saving,
      double measuredSeconds) {
    /** The slowest stage alone, images a second. */
    public double slowestAlone() {
      return stages.values().stream().mapToDouble(StageResult::alonePerSecond).min().orElseThrow();
    }
  }

  private final ConfigSources sources;
  private final Path data;
  private final Path directory;
  private final long images;
  private final long from;

  /**
   * @param sources the configuration, but for directories, roles and gates, which are the bench's
   * @param data directory of IDX files or an image folder
   * @param directory for the broker's files; empty or missing
   */
  public PipelineBench(ConfigSources sources, Path data, Path directory, long images) {
    this.sources = sources;
    this.data = data;
    this.directory = directory;
    this.images = images;
    this.from = images / 10;
  }

  /** Runs all of it; several times as long as training the images takes. */
  public Result run() throws IOException, InterruptedException, ExecutionException {
    Map<Stage, Double> alone = new EnumMap<>(Stage.class);
    Path each = directory.resolve("alone");
    for (Stage stage : Stage.values()) {
      alone.put(stage, alone(stage, each));
    }
    return together(alone, directory.resolve("together"));
  }

  private BagpipeConfig config(Path state, String... sets) {
    ConfigSources all = sources.with("data.dir=" + state).with("http.port=0");
    for (String set : sets) {
      all = all.with(set);
    }
    return all.load();
  }

  /** One stage, its gate too high to close; what it writes is the next one's input. */
  private double alone(Stage stage, Path state)
      throws IOException, InterruptedException, ExecutionException {
    BagpipeConfig config =
        config(
            state, "roles=" + stage.id(), "gates.high-batches=1000000", "gates.high-bytes=1024TiB");
    Service service = Service.start(config, RunPlace.ofService(state));
    try {
      StageTimes times = new StageTimes(service.vertx());
      if (stage == Stage.AUGMENT) {
        ask(service, Addresses.PAUSE);
        push(service, config);
        ask(service, Addresses.RESUME);
      }
      long began = System.nanoTime();
      long whole = stage == Stage.STUDENT ? images - images % config.train().batch() : images;
      await(service, times, () -> times.handled(stage) >= whole);
      double seconds = (System.nanoTime() - began) / 1e9;
      StageTimes.Span span = times.span(stage, from, whole);
      // less than two seconds: its beginning is in it then
      return span == null ? whole / seconds : span.perSecond();
    } finally {
      service.stop();
    }
  }

  private Result together(Map<Stage, Double> alone, Path state)
      throws IOException, InterruptedException, ExecutionException {
    BagpipeConfig config = config(state);
    long whole = images - images % config.train().batch();
    Service service = Service.start(config, RunPlace.ofService(state));
    try {
      StageTimes times = new StageTimes(service.vertx());
      ask(service, Addresses.PAUSE);
      push(service, config);
      ask(service, Addresses.RESUME);
      await(service, times, () -> trained(service) >= from);
      JsonObject before = ask(service, StudentRequests.PROGRESS);
      long began = System.nanoTime();
      await(service, times, () -> trained(service) >= whole);
      JsonObject after = ask(service, StudentRequests.PROGRESS);
      double nanos = System.nanoTime() - began;
      Map<Stage, StageResult> stages = new EnumMap<>(Stage.class);
      for (Stage stage : Stage.values()) {
        double busy =
            stage == Stage.STUDENT
                ? grown("busyNanos", before, after) / nanos
                : busy(times.span(stage, from, images));
        stages.put(stage, new StageResult(alone.getOrDefault(stage, Double.NaN), busy));
      }
      return new Result(
          stages,
          grown("anchors", before, after) / (nanos / 1e9),
          grown("starvedNanos", before, after) / nanos,
          Saving.between(before, after, nanos),
          nanos / 1e9);
    } finally {
      service.stop();
    }
  }

  private static long grown(String count, JsonObject before, JsonObject after) {
    return after.getLong(count) - before.getLong(count);
  }

  private static double busy(StageTimes.@Nullable Span span) {
    return span == null ? Double.NaN : span.busy();
  }

  private void push(Service service, BagpipeConfig config)
      throws IOException, InterruptedException {
    try (ImageSource source = ImageSources.open(data, Split.TRAIN)) {
      new Pusher(service.vertx(), service.kafka(), config.topics().images())
          .push(source, images, config.seed());
    }
  }

  private static long trained(Service service) throws ExecutionException, InterruptedException {
    return ask(service, StudentRequests.PROGRESS).getLong("anchors");
  }

  private static JsonObject ask(Service service, String address)
      throws ExecutionException, InterruptedException {
    return service
        .vertx()
        .eventBus()
        .<JsonObject>request(address, new JsonObject())
        .toCompletionStage()
        .toCompletableFuture()
        .get()
        .body();
  }

  private interface Condition {
    boolean holds() throws ExecutionException, InterruptedException;
  }

  /** Fails when an image becomes a dead letter: the stages behind would wait for it in vain. */
  private static void await(Service service, StageTimes times, Condition condition)
      throws ExecutionException, InterruptedException {
    while (!condition.holds()) {
      long dead = times.deadLetters();
      if (dead > 0) {
        throw new ServiceException(
            dead + " of the images cannot be used; needed: images without dead letters", null);
      }
      try {
        service.failure().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // nothing has failed
      }
    }
  }
}
