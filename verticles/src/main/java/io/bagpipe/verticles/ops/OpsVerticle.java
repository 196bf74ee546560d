package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.history.HistoryStore;
import io.bagpipe.verticles.ops.history.Recorder;
import io.bagpipe.verticles.ops.history.RunLog;
import io.bagpipe.verticles.ops.http.EventStream;
import io.bagpipe.verticles.ops.http.OpsRouter;
import io.bagpipe.verticles.ops.http.OpsServer;
import io.bagpipe.verticles.ops.status.Health;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations side of the service: it listens to the stages' events, keeps their history, and
 * serves dashboard, HTTP API, health and metrics. It does none of the stages' work and may die
 * without harming them.
 *
 * <p>All its state is confined to its event loop; deploy one instance. {@code start} completes when
 * the port is bound, and fails with one line when it is taken. The registry and what the
 * collaborators hold belong to the caller.
 */
public final class OpsVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(OpsVerticle.class);
  private static final long TICK_MILLIS = 1_000;
  private static final long LAG_MILLIS = 2_000;

  /**
   * What this verticle works with.
   *
   * @param registry of all meters of this process; Kafka clients and stages bind theirs there
   * @param clock to measure times by; need not show the date
   */
  public record Collaborators(
      LagSource lags, ImageIngest ingest, PrometheusMeterRegistry registry, Clock clock) {}

  private final OpsConfig config;
  private final Collaborators with;
  private final StatusBoard board;
  private final EventStream events;
  private @Nullable HistoryStore history;
  private @Nullable Recorder recorder;
  private @Nullable RunLog log;
  private @Nullable OpsServer server;
  private @Nullable AutoCloseable meters;
  private boolean diskFails;
  private boolean asking;
  private boolean kafkaAway;

  public OpsVerticle(OpsConfig config, Collaborators collaborators) {
    this.config = config;
    this.with = collaborators;
    this.board = new StatusBoard(collaborators.clock(), config.patience());
    board.kafkaIs(collaborators.lags().name());
    this.events = new EventStream(config.limits().listeners(), board::toJson);
  }

  @Override
  public Future<?> start() {
    HistoryStore store =
        new HistoryStore(vertx, config.dataDirectory().resolve("history"), Recorder.series());
    history = store;
    recorder = new Recorder(store);
    log = new RunLog(vertx, config.runsDirectory());
    meters = OpsMetrics.bind(with.registry(), board);
    vertx.eventBus().<JsonObject>localConsumer(Addresses.EVENTS, this::take);
    Health health = new Health(board, config.patience(), config.stages());
    OpsRouter router =
        new OpsRouter(
            vertx,
            config,
            new OpsRouter.Parts(board, health, store, events, with.ingest(), with.registry()));
    return store
        .load()
        .compose(loaded -> vertx.executeBlocking(router::build))
        .compose(
            built -> {
              server = new OpsServer(vertx, config);
              return server.listen(built);
            })
        .onSuccess(
            port -> {
              vertx.setPeriodic(TICK_MILLIS, tick -> tick(store));
              vertx.setPeriodic(0, LAG_MILLIS, ask -> askLags());
            });
  }

  /** The port bound; only after a successful start. */
  public int port() {
    return Objects.requireNonNull(server, "not started").port();
  }

  private void take(Message<JsonObject> message) {
    try {
      OpsEvent event = OpsEvent.fromJson(message.body());
      board.accept(event);
      long lag = event instanceof StageEvent of ? board.lag(of.stage()) : -1;
      Objects.requireNonNull(recorder).record(event, lag);
      Objects.requireNonNull(log).record(event);
    } catch (RuntimeException e) {
      // A stage of another version must not take the dashboard down.
      LOG.warn("an event was not understood: {}", e.toString());
    }
  }

  private void tick(HistoryStore store) {
    saidKafka();
    JsonObject points = store.takeNew();
    if (!points.isEmpty()) {
      events.send("points", points);
    }
    events.send("status", board.toJson());
    flush(store).onComplete(done -> saidDisk(done.cause()));
  }

  private Future<Void> flush(HistoryStore store) {
    RunLog runLog = log;
    return runLog == null ? store.flush() : store.flush().eventually(runLog::flush);
  }

  private void saidDisk(@Nullable Throwable failure) {
    if (failure != null && !diskFails) {
      LOG.warn("the history is not being saved: {}", failure.toString());
    }
    diskFails = failure != null;
    board.warning(diskFails ? "The history of the charts is not being saved to disk." : "");
  }

  private void saidKafka() {
    String reason = board.kafkaAway();
    if (kafkaAway == reason.isEmpty()) {
      kafkaAway = !kafkaAway;
      LOG.warn(kafkaAway ? reason : with.lags().name() + " answers again");
    }
  }

  private void askLags() {
    if (asking) {
      return; // one question at a time: a broker that hangs is not asked ever more
    }
    asking = true;
    with.lags()
        .lags()
        .onSuccess(board::lags)
        .onFailure(board::noLags)
        .onComplete(done -> asking = false);
  }

  @Override
  public Future<?> stop() {
    events.close();
    closeMeters();
    OpsServer bound = server;
    HistoryStore store = history;
    Future<Void> closed = bound == null ? Future.succeededFuture() : bound.close();
    return closed.eventually(() -> store == null ? Future.succeededFuture() : flush(store));
  }

  private void closeMeters() {
    try {
      if (meters != null) {
        meters.close();
      }
    } catch (Exception e) {
      LOG.warn("meters did not close: {}", e.toString());
    }
  }
}
