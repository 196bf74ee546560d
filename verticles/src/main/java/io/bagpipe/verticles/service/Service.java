package io.bagpipe.verticles.service;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.BrokerStartException;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.ClientMetrics;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.Role;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.stage.Controls;
import io.bagpipe.verticles.stage.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running whole: broker (embedded unless bootstrap servers are set), topics, and the verticles
 * of the configured roles, started downstream first and stopped upstream first. Start and stop
 * block and belong on a thread of their own, not on an event loop.
 */
public final class Service {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final Duration START = Duration.ofMinutes(5);
  private static final long CLOCK_MILLIS = 1_000;

  private final BagpipeConfig config;
  private final RunPlace place;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final Deque<String> deployments = new ArrayDeque<>();
  private @Nullable StateLock lock;
  private @Nullable KafkaMeters meters;
  private @Nullable EmbeddedBroker broker;
  private @Nullable Vertx vertx;
  private @Nullable KafkaSettings kafka;
  private @Nullable Deployment deployed;
  private @Nullable TopicWatch topicWatch;
  private boolean stopped;
  private int httpPort = -1;

  private Service(BagpipeConfig config, RunPlace place) {
    this.config = config;
    this.place = place;
  }

  /**
   * Starts everything; on failure what was started is stopped again.
   *
   * @throws ServiceException in one line
   * @throws io.bagpipe.verticles.config.ConfigException when no teacher was chosen
   */
  public static Service start(BagpipeConfig config, RunPlace place) {
    config.teacher().require();
    Service service = new Service(config, place);
    try {
      service.start();
      return service;
    } catch (ServiceException e) {
      service.stop();
      throw e;
    } catch (IOException | BrokerStartException e) {
      service.stop();
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }

  private synchronized void start() throws IOException, BrokerStartException {
    if (config.roles().contains(Role.OPS)) {
      OpsParts.listen(config.http()); // what cannot listen is said before anything starts
    }
    Settings settings = new Settings(config);
    Plan plan = Plan.of(config, settings);
    if (config.roles().contains(Role.STUDENT)) {
      lock = StateLock.take(place.directory());
    }
    Vertx made = QuietVertx.create();
    vertx = made;
    if (config.roles().contains(Role.OPS)) {
      meters = new KafkaMeters(OpsParts.registry());
    }
    KafkaSettings reached = reachKafka(settings);
    kafka = reached;
    TopicAdmin admin = new TopicAdmin(made, reached);
    await(
        admin
            .ensure(settings.topics(), settings.topicSettings())
            .compose(
                ready -> InnerTopics.requireOwn(admin, settings.topics(), config.service().name()))
            .eventually(admin::close),
        "the topics");
    Deployment deployment =
        new Deployment(
            config, settings, plan, place, made, reached, meters, failure::completeExceptionally);
    deployed = deployment;
    for (Deployment.Part part : deployment.downstreamFirst()) {
      deployments.push(await(made.deployVerticle(part.verticle()), part.name()));
      LOG.atInfo().addKeyValue("role", part.name()).log("started");
    }
    topicWatch = new TopicWatch(made, reached, settings.topics());
    Controls.open(made);
    ClockWatch clock = new ClockWatch(Clock.systemUTC(), System::nanoTime);
    made.setPeriodic(CLOCK_MILLIS, tick -> look(clock));
    httpPort = deployment.httpPort();
    if (httpPort > 0) {
      Files.writeString(config.data().addressFile(), config.http().url(httpPort) + "\n");
    }
    tell(StageState.RUNNING, "");
  }

  private void look(ClockWatch clock) {
    try {
      clock.look();
    } catch (ClockSetBackException e) {
      failure.completeExceptionally(e);
    }
  }

  private KafkaSettings reachKafka(Settings settings) throws IOException, BrokerStartException {
    var wanted = config.kafka();
    if (!wanted.embedded()) {
      return clients(wanted.bootstrapServers());
    }
    Path directory = config.data().dir().resolve("broker");
    Files.createDirectories(config.data().dir());
    var limits = BrokerSettings.in(directory).withPort(wanted.embeddedPort()).properties();
    EmbeddedBroker started =
        EmbeddedBroker.start(
            new BrokerSettings(directory, wanted.embeddedPort(), settings.recordBytes(), limits));
    broker = started;
    started
        .failure()
        .thenAccept(line -> failure.completeExceptionally(new ServiceException(line, null)));
    Files.writeString(config.data().bootstrapFile(), started.bootstrapServers() + "\n");
    return clients(started.bootstrapServers());
  }

  private KafkaSettings clients(String bootstrapServers) {
    ClientMetrics watching = meters == null ? ClientMetrics.NONE : meters;
    return new KafkaSettings(bootstrapServers, config.kafka().properties(), watching);
  }

  /**
   * Completes exceptionally, once, when a part cannot go on; with a {@link ClockSetBackException}
   * when a new start is all that it takes.
   */
  public CompletableFuture<Void> failure() {
    return failure;
  }

  public Vertx vertx() {
    Vertx running = vertx;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  public KafkaSettings kafka() {
    KafkaSettings reached = kafka;
    if (reached == null) {
      throw new IllegalStateException("not started");
    }
    return reached;
  }

  /** Where the dashboard is, or -1 without the ops role. */
  public int httpPort() {
    return httpPort;
  }

  /**
   * Stops intake, drains, writes a checkpoint, closes everything in reverse. What does not stop in
   * time is left behind; it was not committed. Does nothing twice.
   */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    Vertx running = vertx;
    if (running != null) {
      tell(StageState.STOPPED, "Stopping.");
      for (String id : upstreamFirst()) {
        quietly(running.undeploy(id), "undeploying");
      }
      TopicWatch watching = topicWatch;
      if (watching != null) {
        quietly(watching.close(), "closing the watch over topics");
      }
      if (httpPort > 0) {
        delete(config.data().addressFile());
      }
      Deployment parts = deployed;
      if (parts != null) {
        quietly(parts.close(), "closing the door");
      }
      quietly(running.close(), "closing Vert.x");
    }
    if (meters != null) {
      meters.close();
    }
    EmbeddedBroker own = broker;
    if (own != null) {
      own.close();
      delete(config.data().bootstrapFile());
    }
    StateLock held = lock;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        LOG.warn("the lock of {} did not close: {}", place.directory(), e.toString());
      }
    }
  }

  /** Pushed as deployed, downstream first, so that the iteration is upstream first. */
  private Iterable<String> upstreamFirst() {
    return deployments;
  }

  private void tell(StageState state, String sentence) {
    new RunEvent(place.id(), state, sentence, place.imagesGoal(), Instant.now())
        .publish(vertx().eventBus());
  }

  private void quietly(Future<?> closing, String what) {
    try {
      closing
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("{} did not end cleanly: {}", what, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Without a broker of its own that works there is little to wait for. */
  private Duration patience() {
    EmbeddedBroker own = broker;
    return own != null && own.hasFailed()
        ? Duration.ofSeconds(5)
        : config.shutdown().deadline().plusSeconds(10);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} could not be deleted: {}", file, e.toString());
    }
  }

  private static <T> T await(Future<T> future, String what) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ServiceException(what + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new ServiceException(what + " did not start within " + START.toMinutes() + " min", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("interrupted while starting " + what, e);
    }
  }
}
