package io.bagpipe.verticles.demo;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.service.Service;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole service on one data set: pushes it, waits until all of it is trained, evaluates, and
 * says what came of it. Blocks its thread; used once.
 */
public final class Demo {
  private static final long LOOK_MILLIS = 200;

  private final BagpipeConfig config;
  private final RunPlace place;
  private final Path data;
  private final long images;
  private final long beganNanos;
  private volatile long firstStepNanos = -1;
  private volatile long lastStepNanos = -1;
  private volatile @Nullable Pusher pusher;
  private volatile @Nullable DemoWatch watch;

  /**
   * @param data directory of IDX files or an image folder
   * @param images to push
   * @param beganNanos when the user started the command, by {@link System#nanoTime}
   */
  public Demo(BagpipeConfig config, RunPlace place, Path data, long images, long beganNanos) {
    this.config = config;
    this.place = place;
    this.data = data;
    this.images = images;
    this.beganNanos = beganNanos;
  }

  /**
   * Cores of a student as narrow as the demo's: it gains less from the last core than the stages
   * before it do, see docs/benchmarks.md.
   */
  public static int narrowThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  /**
   * Runs it.
   *
   * @param onStart told of the running service, before anything is pushed
   * @param onEvent told of everything that happens, on an event loop
   * @throws IOException when the data cannot be read, pushed, or the report written
   */
  public DemoResult run(Consumer<Service> onStart, Consumer<OpsEvent> onEvent)
      throws IOException, InterruptedException, ExecutionException {
    Service service = Service.start(config, place);
    try (ImageSource source = ImageSources.open(data, Split.TRAIN)) {
      DemoWatch watching = new DemoWatch(service.vertx(), event -> heard(event, onEvent));
      watch = watching;
      onStart.accept(service);
      Pusher pushing = new Pusher(service.vertx(), service.kafka(), config.topics().images());
      pusher = pushing;
      Future<?> pushed = pushInBackground(pushing, source);
      JsonObject progress = awaitTrained(service, watching, pushed);
      return conclude(service, watching, progress);
    } finally {
      service.stop();
    }
  }

  private Future<?> pushInBackground(Pusher pushing, ImageSource source) {
    FutureTask<?> task =
        new FutureTask<>(
            () -> {
              pushing.push(source, images, config.seed());
              return null;
            });
    Thread thread = new Thread(task, "bagpipe-push");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private void heard(OpsEvent event, Consumer<OpsEvent> onEvent) {
    if (event instanceof StepEvent) {
      if (firstStepNanos < 0) {
        firstStepNanos = System.nanoTime();
      }
      lastStepNanos = System.nanoTime();
    }
    onEvent.accept(event);
  }

  /** Until every image is trained, a dead letter, or waits in a batch that will not fill. */
  private JsonObject awaitTrained(Service service, DemoWatch watching, Future<?> pushed)
      throws ExecutionException, InterruptedException {
    while (true) {
      try {
        service.failure().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (!pushed.isDone()) {
          continue;
        }
        pushed.get();
        JsonObject progress = watching.progress().get();
        long done =
            progress.getLong("images") + progress.getLong("pendingImages") + watching.deadLetters();
        if (done >= images) {
          return progress;
        }
      }
    }
  }

  /** However long the answer takes, while the service is well. */
  private static JsonObject answer(Service service, Future<JsonObject> asked)
      throws ExecutionException, InterruptedException {
    while (true) {
      try {
        return asked.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (service.failure().isDone()) {
          service.failure().get();
        }
      }
    }
  }

  private DemoResult conclude(Service service, DemoWatch watching, JsonObject progress)
      throws ExecutionException, InterruptedException {
    answer(service, watching.ask(Addresses.STUDENT_EVALUATE));
    JsonObject saved = answer(service, watching.ask(Addresses.STUDENT_CHECKPOINT));
    Curves curves = watching.curves();
    long anchors = progress.getLong("anchors");
    double training = Math.max(1e-3, (lastStepNanos - firstStepNanos) / 1e9);
    var student = config.student();
    return new DemoResult(
        images,
        progress.getLong("images"),
        watching.deadLetters(),
        progress.getLong("pendingImages"),
        curves.knnStart(),
        curves.knnEnd(),
        curves.linearStart(),
        curves.linearEnd(),
        curves.lossStart(),
        curves.lossEnd(),
        anchors / training,
        (System.nanoTime() - beganNanos) / 1e9,
        (firstStepNanos - beganNanos) / 1e9,
        Resident.peakBytes(),
        student.arch().torchvisionName() + " of width " + student.width(),
        config.seed(),
        place.directory().toString(),
        place.checkpoints().resolve(saved.getString("file")).toString());
  }

  /** Images pushed so far. */
  public long pushed() {
    Pusher pushing = pusher;
    return pushing == null ? 0 : pushing.acknowledged();
  }

  /** What has been heard from the service, null before it has started. */
  public @Nullable DemoWatch watch() {
    return watch;
  }
}
