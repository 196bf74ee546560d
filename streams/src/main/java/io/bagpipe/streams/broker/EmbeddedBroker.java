package io.bagpipe.streams.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * A Kafka broker (KRaft, one node, broker and controller) inside this process, listening on
 * 127.0.0.1 only: what Bagpipe runs on when no bootstrap servers are set. Topics, offsets and
 * transactions outlive the process, also one that was killed.
 *
 * <p>Starting takes about 2.5 s (about 5 s after a kill), blocks, and belongs on a worker thread;
 * so does {@link #close}. Safe to use from any thread. The caller owns it and closes it after every
 * client. There is no shutdown hook: a process that ends without {@code close} ends like one that
 * was killed.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final String HOST = "127.0.0.1";
  private static final int NODE = 1;
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration CONTROLLER = Duration.ofSeconds(60);

  private final Path directory;
  private final DirectoryLock lock;
  private final KafkaRaftServer server;
  private final int port;
  private final CompletableFuture<String> failure;
  private boolean closed;

  private EmbeddedBroker(
      Path directory,
      DirectoryLock lock,
      KafkaRaftServer server,
      int port,
      CompletableFuture<String> failure) {
    this.directory = directory;
    this.lock = lock;
    this.server = server;
    this.port = port;
    this.failure = failure;
  }

  /**
   * Starts the broker and waits until it serves.
   *
   * @throws DirectoryInUseException when another process has the directory, which stays untouched
   * @throws PortInUseException when the fixed port is taken
   * @throws BrokerStartException for everything else
   */
  public static EmbeddedBroker start(BrokerSettings settings) throws BrokerStartException {
    Path directory = settings.directory().toAbsolutePath().normalize();
    DirectoryLock lock = DirectoryLock.take(directory);
    boolean started = false;
    try {
      requireFree(settings.port());
      CompletableFuture<String> failure = new CompletableFuture<>();
      FatalFaults.reportTo(directory, failure);
      EmbeddedBroker broker = start(settings, directory, lock, failure);
      started = true;
      LOG.info("embedded broker started: {} in {}", broker.bootstrapServers(), directory);
      return broker;
    } finally {
      if (!started) {
        release(lock, directory);
      }
    }
  }

  private static EmbeddedBroker start(
      BrokerSettings settings,
      Path directory,
      DirectoryLock lock,
      CompletableFuture<String> failure)
      throws BrokerStartException {
    Path log = directory.resolve("kafka");
    KafkaRaftServer server;
    try {
      formatOnce(log);
      Properties properties = BrokerProperties.of(settings, HOST, NODE, log);
      server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    } catch (Exception e) {
      throw failed(directory, e);
    }
    try {
      BrokerServer broker = part(server, "broker", BrokerServer.class);
      ControllerServer controller = part(server, "controller", ControllerServer.class);
      controller.startup();
      forgetFormerBroker(controller);
      broker.startup();
      int port = broker.boundPort(ListenerName.normalised(BrokerProperties.CLIENTS));
      return new EmbeddedBroker(directory, lock, server, port, failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.shutdown();
      throw failed(directory, e);
    } catch (Exception e) {
      server.shutdown();
      throw failed(directory, e);
    }
  }

  private static BrokerStartException failed(Path directory, Exception cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new BrokerStartException(
        "the embedded broker in " + directory + " did not start: " + root, cause);
  }

  private static void requireFree(int port) throws PortInUseException {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new PortInUseException(HOST, port, e);
    }
  }

  /** Kafka writes meta.properties last, so that a format that was interrupted is done again. */
  private static void formatOnce(Path log) throws Exception {
    if (Files.exists(log.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(log);
    Formatter formatter = new Formatter();
    formatter
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .addDirectory(log.toString())
        .setMetadataLogDirectory(log.toString())
        .setControllerListenerName(BrokerProperties.CONTROLLER)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        // what the long crash suites run on; version 2 passes too (ADR 14)
        .setFeatureLevel("transaction.version", (short) 1)
        .setHasDynamicQuorum(true)
        .setInitialControllers(DynamicVoters.parse(NODE + "@" + HOST + ":1:" + Uuid.randomUuid()))
        .run();
  }

  /**
   * After a kill the metadata still say that this broker leads every partition. A broker that comes
   * up on that takes over transactions half ended, cannot reach itself yet, and then sees its own
   * registration lapse: with no leader, Kafka 4.4 takes the partitions for deleted and drops the
   * transactions' markers without a word. Work that was aborted would become visible with the next
   * commit, and be done twice. So the controller comes first, alone, and strikes that registration
   * out: what had it is dead, for this process holds the directory's lock. It also saves the time
   * until it would have lapsed.
   */
  private static void forgetFormerBroker(ControllerServer controller) throws Exception {
    await(
        () ->
            controller.controller().isActive()
                && !controller.metadataCache().currentImage().isEmpty());
    if (!controller.metadataCache().hasAliveBroker(NODE)) {
      return;
    }
    ControllerRequestContext nobody =
        new ControllerRequestContext(
            new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
    controller
        .controller()
        .unregisterBroker(nobody, NODE)
        .get(CONTROLLER.toMillis(), TimeUnit.MILLISECONDS);
    await(() -> !controller.metadataCache().hasAliveBroker(NODE));
  }

  private static void await(BooleanSupplier condition)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + CONTROLLER.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("its controller is not ready after " + CONTROLLER);
      }
      Thread.sleep(20);
    }
  }

  /** Kafka starts its two parts in one go, and keeps them to itself. */
  private static <T> T part(KafkaRaftServer server, String name, Class<T> type)
      throws ReflectiveOperationException {
    Field field = KafkaRaftServer.class.getDeclaredField(name);
    field.setAccessible(true);
    return type.cast(((Option<?>) field.get(server)).get());
  }

  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  /**
   * Completes, with one line that says why, when the broker cannot go on (its disk is full or
   * broken, say). Clients then only see a broker that does not answer: the process should stop and
   * say so.
   */
  public CompletionStage<String> failure() {
    return failure;
  }

  /** Whether {@link #failure} has completed. */
  public boolean hasFailed() {
    return failure.isDone();
  }

  /**
   * Stops cleanly (about half a second), then lets go of the directory. After a failure it is given
   * some seconds, and what does not stop ends with the process. Does nothing twice.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!hasFailed()) {
      shutdown();
    } else if (!shutdownWithin(AFTER_FAILURE)) {
      LOG.warn("the embedded broker does not stop after its failure, leaving it: {}", directory);
    }
    release(lock, directory);
  }

  private void shutdown() {
    server.shutdown();
    server.awaitShutdown();
    LOG.info("embedded broker stopped: {}", directory);
  }

  /** The parts of a broker that failed may wait minutes for each other. */
  private boolean shutdownWithin(Duration time) {
    Thread stopping = new Thread(this::shutdown, "bagpipe-broker-stop");
    stopping.setDaemon(true);
    stopping.start();
    try {
      stopping.join(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !stopping.isAlive();
  }

  private static void release(DirectoryLock lock, Path directory) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("the lock of the broker directory {} did not close", directory, e);
    }
  }
}
