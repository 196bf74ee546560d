package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A service that signs in to its broker, with every logger of this process at TRACE, says none of
 * its secrets: not in a log and not in a file.
 */
class SecretsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TOKEN = "token-WHICHNOBODYMAYSEE";
  private static final String PASSWORD = "sasl-WHICHNOBODYMAYSEE";
  private static final String SECRET = "WHICHNOBODYMAYSEE";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"bagpipe\""
          + " password=\""
          + PASSWORD
          + "\"";

  /** Looks at everything that is logged, keeps what it should not find. */
  private static final class Reader extends AppenderBase<ILoggingEvent> {
    final Queue<String> found = new ConcurrentLinkedQueue<>();
    final AtomicLong read = new AtomicLong();
    final Map<String, Boolean> loggers = new ConcurrentHashMap<>();

    @Override
    protected void append(ILoggingEvent event) {
      read.incrementAndGet();
      loggers.put(event.getLoggerName(), true);
      String said =
          event.getFormattedMessage()
              + event.getKeyValuePairs()
              + (event.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(event.getThrowableProxy()));
      if (said.contains(SECRET) && found.size() < 10) {
        found.add(event.getLevel() + " " + event.getLoggerName() + ": " + said);
      }
    }
  }

  @TempDir Path directory;

  @Test
  void areInNoLogAtTraceAndInNoFile() throws Exception {
    LoggerContext logback = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = logback.getLogger(Logger.ROOT_LOGGER_NAME);
    Map<Logger, Level> levels = new java.util.HashMap<>();
    for (Logger logger : logback.getLoggerList()) {
      levels.put(logger, logger.getLevel());
    }
    Reader reader = new Reader();
    reader.setContext(logback);
    try (EmbeddedBroker broker = broker()) {
      // the console goes on as it was; what the broker itself logs of its own keys is not ours
      root.iteratorForAppenders()
          .forEachRemaining(
              appender -> {
                ch.qos.logback.classic.filter.ThresholdFilter filter =
                    new ch.qos.logback.classic.filter.ThresholdFilter();
                filter.setLevel("WARN");
                filter.start();
                appender.addFilter(filter);
              });
      reader.start();
      levels.keySet().forEach(logger -> logger.setLevel(logger == root ? Level.TRACE : null));
      root.addAppender(reader);

      Path data = directory.resolve("data");
      try (RunningService bagpipe = RunningService.start(data, sets(broker))) {
        signIn("http://127.0.0.1:" + bagpipe.service().httpPort());
        await().atMost(PATIENCE).until(() -> bagpipe.seen() == 1);
        assertThat(bagpipe.service().kafka().toString()).doesNotContain(SECRET);
      }
      assertThat(reader.read).as("lines at TRACE").hasValueGreaterThan(2_000);
      assertThat(reader.loggers.keySet())
          .anyMatch(name -> name.contains("Sasl"))
          .anyMatch(name -> name.startsWith("io.netty"));
      assertThat(reader.found).isEmpty();
      assertThat(filesWithTheSecret(data)).isEmpty();
    } finally {
      root.detachAppender(reader);
      root.iteratorForAppenders().forEachRemaining(appender -> appender.clearAllFilters());
      levels.forEach(Logger::setLevel);
    }
  }

  private EmbeddedBroker broker() throws Exception {
    return EmbeddedBroker.start(
        new BrokerSettings(
            directory.resolve("broker"),
            0,
            BrokerSettings.DEFAULT_MAX_RECORD_BYTES,
            Map.of(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                "PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.plaintext.plain.sasl.jaas.config",
                LOGIN + " user_bagpipe=\"" + PASSWORD + "\";")));
  }

  private static String[] sets(EmbeddedBroker broker) {
    return new String[] {
      "kafka.bootstrap.servers=" + broker.bootstrapServers(),
      "kafka.security.protocol=SASL_PLAINTEXT",
      "kafka.sasl.mechanism=PLAIN",
      "kafka.sasl.jaas.config=" + LOGIN + ";",
      "kafka.ssl.key.password=key-" + SECRET,
      "kafka.ssl.keystore.password=store-" + SECRET,
      "kafka.ssl.truststore.password=trust-" + SECRET,
      "kafka.ssl.keystore.key=pem-" + SECRET,
      "kafka.my.plug-in.secret=plug-in-" + SECRET,
      "http.token=" + TOKEN,
      "train.batch=16"
    };
  }

  /** By header and by form, rightly and wrongly, and pushes an image. */
  private static void signIn(String address) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    List<Integer> answers = new ArrayList<>();
    for (String token : List.of(TOKEN, "wrong-" + SECRET)) {
      HttpRequest push =
          HttpRequest.newBuilder(URI.create(address + "/api/images?key=a"))
              .header("Authorization", "Bearer " + token)
              .POST(BodyPublishers.ofByteArray(TestImages.png(1)))
              .build();
      HttpRequest form =
          HttpRequest.newBuilder(URI.create(address + "/login"))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString("token=" + token))
              .build();
      answers.add(client.send(push, BodyHandlers.ofString()).statusCode());
      answers.add(client.send(form, BodyHandlers.ofString()).statusCode());
    }
    assertThat(answers).containsExactly(202, 303, 401, 401);
  }

  private static List<Path> filesWithTheSecret(Path data) throws Exception {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
            .contains(SECRET)) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
