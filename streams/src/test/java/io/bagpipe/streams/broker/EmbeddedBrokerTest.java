package io.bagpipe.streams.broker;

import static io.bagpipe.streams.testing.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.streams.testing.ChildProcess;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.internals.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  @TempDir Path directory;

  @Test
  void aSecondProcessIsRefusedUntouchedAndAKilledOnesLogLivesOn() throws Exception {
    Topics topics = Topics.named();
    byte[] large = new byte[9 << 20];
    large[12345] = 7;
    try (ChildProcess child = ChildProcess.start(BrokerChild.class, directory.toString())) {
      // given: another process has the directory, and something in it
      produce(child.awaitLine("STARTED"), topics, large);
      Map<String, Long> before = sizes("__cluster_metadata");

      // when, then
      assertThatThrownBy(() -> EmbeddedBroker.start(BrokerSettings.in(directory)))
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("process " + child.pid());
      assertThat(sizes("__cluster_metadata").keySet()).isEqualTo(before.keySet());
      child.kill();
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory));
        LogReader reader = new LogReader(KafkaSettings.of(broker.bootstrapServers()))) {
      List<byte[]> values = new ArrayList<>();
      reader.read(topics.images(), 0, 0, Long.MAX_VALUE, r -> values.add(r.value()));
      assertThat(values).hasSize(1);
      assertThat(values.get(0)).isEqualTo(large);
      assertThatThrownBy(() -> EmbeddedBroker.start(BrokerSettings.in(directory)))
          .isInstanceOf(DirectoryInUseException.class);
    }
  }

  private static void produce(String bootstrap, Topics topics, byte[] value) {
    Vertx vertx = Vertx.vertx();
    KafkaSettings kafka = KafkaSettings.of(bootstrap);
    TopicAdmin admin = new TopicAdmin(vertx, kafka);
    ImageSender sender = new ImageSender(vertx, kafka, SenderSettings.to(topics.images()));
    await(admin.ensure(topics, TopicSettings.defaults()));
    await(sender.send(new byte[] {1}, value, Map.of("label", new byte[] {'3'})));
    await(sender.close());
    await(admin.close());
    await(vertx.close());
  }

  private Map<String, Long> sizes(String part) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().contains(part)).toList()) {
        sizes.put(file.toString(), Files.size(file));
      }
    }
    return sizes;
  }

  @Test
  void whatAKilledBrokerHadNotCommittedStaysInvisible() throws Exception {
    Topics topics = Topics.named();
    try (ChildProcess child = ChildProcess.start(BrokerChild.class, directory.toString())) {
      String bootstrap = child.awaitLine("STARTED");
      produce(bootstrap, topics, new byte[] {1});
      Producer<byte[], byte[]> open = transactional(bootstrap);
      open.initTransactions();
      open.beginTransaction();
      open.send(new ProducerRecord<>(topics.views(), new byte[] {2}));
      open.flush();
      child.kill();
      open.close(Duration.ZERO);
    }
    // its time is over when the broker comes up again, which then aborts it at once
    Thread.sleep(1_000);

    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory));
        Producer<byte[], byte[]> next = transactional(broker.bootstrapServers());
        LogReader reader = new LogReader(KafkaSettings.of(broker.bootstrapServers()))) {
      next.initTransactions();
      next.beginTransaction();
      next.send(new ProducerRecord<>(topics.views(), new byte[] {3}));
      next.commitTransaction();

      List<byte[]> values = new ArrayList<>();
      reader.read(topics.views(), 0, 0, Long.MAX_VALUE, r -> values.add(r.value()));
      assertThat(values).containsExactly(new byte[] {3});
    }
  }

  private static Producer<byte[], byte[]> transactional(String bootstrap) {
    Map<String, Object> own =
        Map.of("transactional.id", "one", "transaction.timeout.ms", "1000", "linger.ms", "0");
    return new KafkaProducer<>(KafkaSettings.of(bootstrap).producer(Map.of(), own));
  }

  @Test
  void aFaultThatKafkaWouldHaltTheProcessForIsReportedInstead() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory))) {
      assertThat(broker.failure().toCompletableFuture()).isNotDone();

      assertThatThrownBy(() -> Exit.halt(1, "no space left")).isInstanceOf(Error.class);

      assertThat(broker.failure().toCompletableFuture())
          .isCompletedWithValueMatching(
              line -> line.contains(directory.toString()) && line.contains("no space left"));
    }
  }

  @Test
  void aPortInUseIsNamedAndTheDirectoryIsFreeAgain() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BrokerSettings settings = BrokerSettings.in(directory).withPort(taken.getLocalPort());

      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> EmbeddedBroker.start(settings))
            .isInstanceOf(PortInUseException.class)
            .hasMessageContaining("port " + taken.getLocalPort());
      }
    }
    assertThat(directory.resolve("kafka")).doesNotExist();
  }
}
