package io.bagpipe.streams.testing;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker for all test classes; each test has topics of its own. */
public final class TestKafka implements BeforeEachCallback, AfterEachCallback {
  private static final AtomicInteger TESTS = new AtomicInteger();

  private static final class Shared implements AutoCloseable {
    final Path directory;
    final EmbeddedBroker broker;

    Shared() {
      try {
        directory = Files.createTempDirectory("bagpipe-broker");
        // never killed, and other builds may starve it
        broker =
            EmbeddedBroker.start(
                new BrokerSettings(
                    directory,
                    0,
                    BrokerSettings.DEFAULT_MAX_RECORD_BYTES,
                    Map.of("broker.session.timeout.ms", "30000")));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      broker.close();
      delete(directory);
    }
  }

  private Shared shared;
  private Vertx vertx;
  private TopicAdmin admin;
  private Topics topics;
  private Producer<byte[], byte[]> producer;

  @Override
  public void beforeEach(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Shared.class, k -> new Shared(), Shared.class);
    vertx = Vertx.vertx();
    admin = new TopicAdmin(vertx, settings());
    topics = Topics.withPrefix("t" + TESTS.incrementAndGet() + "-");
    Map<String, String> tuning =
        Map.of("linger.ms", "0", "max.request.size", Integer.toString(16 << 20));
    producer = new KafkaProducer<>(settings().producer(tuning, Map.of()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    producer.close();
    await(admin.close());
    await(vertx.close());
  }

  public static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public KafkaSettings settings() {
    return KafkaSettings.of(shared.broker.bootstrapServers());
  }

  public KafkaSettings settings(Map<String, String> properties) {
    return new KafkaSettings(shared.broker.bootstrapServers(), properties);
  }

  public Vertx vertx() {
    return vertx;
  }

  public TopicAdmin admin() {
    return admin;
  }

  public Topics topics() {
    return topics;
  }

  public Topics createTopics(int partitions) {
    await(admin.ensure(topics, TopicSettings.defaults().withPartitions(partitions)));
    return topics;
  }

  public void produce(String topic, int partition, String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(
            topic, partition, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value));
  }

  public void produce(String topic, int partition, String value) {
    produce(topic, partition, value, value.getBytes(StandardCharsets.UTF_8));
  }

  public void flush() {
    producer.flush();
  }

  public List<InputRecord> read(String topic, int partition) {
    List<InputRecord> records = new ArrayList<>();
    try (LogReader reader = new LogReader(settings())) {
      reader.read(topic, partition, 0, Long.MAX_VALUE, records::add);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return records;
  }

  public List<String> readValues(String topic, int partition) {
    return read(topic, partition).stream()
        .map(r -> new String(r.value(), StandardCharsets.UTF_8))
        .toList();
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r
          ? r
          : new IllegalStateException(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
