package io.bagpipe.verticles.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditorTest {
  private static final int PARTITIONS = 2;
  private static final int DEAD_PARTITIONS = 3;
  private static final int BATCH = 1;

  @TempDir Path directory;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(BrokerSettings.in(directory.resolve("broker")));
    create("images", PARTITIONS);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void deadLettersAreFoundInEveryPartitionOfTheirTopic() throws Exception {
    create("images.dlq", DEAD_PARTITIONS);
    produce(image(0), image(0), image(1), dead(0, 0, 1), dead(1, 1, 0), dead(2, 0, 0));

    AuditResult result = audit();

    assertThat(result.images()).isEqualTo(3);
    assertThat(result.deadLetters()).isEqualTo(3);
    assertThat(result.clean()).as(result.sentence()).isTrue();
  }

  @Test
  void withoutATopicNothingIsDead() throws Exception {
    produce(image(1));

    AuditResult result = audit();

    assertThat(result.deadLetters()).isZero();
    assertThat(result.waiting()).isEqualTo(1);
  }

  private AuditResult audit() throws Exception {
    return new Auditor(KafkaSettings.of(broker.bootstrapServers()), "images", "images.dlq")
        .audit(PARTITIONS, directory.resolve("checkpoints"), BATCH);
  }

  private void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  @SafeVarargs
  private void produce(ProducerRecord<byte[], byte[]>... records) throws Exception {
    KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
    try (var producer =
        new KafkaProducer<byte[], byte[]>(kafka.producer(Map.of("linger.ms", "0"), Map.of()))) {
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(record).get();
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> image(int partition) {
    return new ProducerRecord<>("images", partition, null, "an image".getBytes(UTF_8));
  }

  /** Of an image, in some partition of the dead letters. */
  private static ProducerRecord<byte[], byte[]> dead(int at, int partition, long offset) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>("images.dlq", at, null, "an image".getBytes(UTF_8));
    record.headers().add(DeadLetter.TOPIC, "images".getBytes(UTF_8));
    record.headers().add(DeadLetter.PARTITION, Integer.toString(partition).getBytes(UTF_8));
    record.headers().add(DeadLetter.OFFSET, Long.toString(offset).getBytes(UTF_8));
    return record;
  }
}
