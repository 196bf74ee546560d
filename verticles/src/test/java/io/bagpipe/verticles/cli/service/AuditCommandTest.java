package io.bagpipe.verticles.cli.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.cli.BagpipeCommand;
import io.bagpipe.verticles.cli.student.Checkpoints;
import io.bagpipe.verticles.service.RunPlace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
  private static final int IMAGES = 12;
  private static final int BATCH = 4;

  @TempDir Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private EmbeddedBroker broker;

  @BeforeEach
  void aBrokerWithImages() throws Exception {
    broker = EmbeddedBroker.start(BrokerSettings.in(data.resolve("broker")));
    KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
    try (Admin admin = Admin.create(kafka.admin());
        var producer = new KafkaProducer<byte[], byte[]>(kafka.producer(Map.of(), Map.of()))) {
      Stream<NewTopic> topics =
          Stream.of("images", "images.dlq").map(name -> new NewTopic(name, 1, (short) 1));
      admin.createTopics(topics.toList()).all().get();
      for (int i = 0; i < IMAGES; i++) {
        producer.send(new ProducerRecord<>("images", 0, null, "an image".getBytes(UTF_8)));
      }
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void failsInTheMiddleOfARunAndIsDoneWhenItIs() throws Exception {
    trained(2 * BATCH);
    assertThat(audit()).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("NOT clean: 12 images: 8 trained once, 0 dead-lettered, 4 waiting")
        .contains("images-0@8-11")
        .hasLineCount(1);
    assertThat(err.toString()).isEmpty();

    out.getBuffer().setLength(0);
    assertThat(audit("--json")).isEqualTo(1);
    assertThat(out.toString()).hasLineCount(1);
    JsonNode found = new ObjectMapper().readTree(out.toString());
    assertThat(found.get("clean").booleanValue()).isFalse();
    assertThat(found.get("waiting").longValue()).isEqualTo(4);
    assertThat(found.get("waiting_ranges"))
        .extracting(JsonNode::textValue)
        .containsExactly("images-0@8-11");

    trained(IMAGES);
    out.getBuffer().setLength(0);
    assertThat(audit()).isZero();
    assertThat(out.toString())
        .isEqualTo("clean: 12 images: 12 trained once, 0 dead-lettered, 0 waiting%n".formatted());
  }

  private void trained(int images) {
    Ledger ledger = new Ledger();
    for (int offset = 0; offset < images; offset++) {
      ledger.add("images", 0, offset);
    }
    new CheckpointStore(RunPlace.ofService(data).checkpoints(), 3)
        .save(Checkpoints.after(images / BATCH, images, List.of(), ledger.entries()));
  }

  private int audit(String... more) {
    List<String> line =
        List.of(
            "audit",
            "--bootstrap=" + broker.bootstrapServers(),
            "--set=data.dir=" + data,
            "--set=train.batch=" + BATCH);
    return BagpipeCommand.execute(
        Stream.concat(line.stream(), Stream.of(more)).toArray(String[]::new),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
