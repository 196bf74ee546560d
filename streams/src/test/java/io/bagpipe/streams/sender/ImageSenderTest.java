package io.bagpipe.streams.sender;

import static io.bagpipe.streams.testing.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.testing.TestKafka;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ImageSenderTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  @Test
  void whatIsSentArrivesAndTheBoundComesBack() {
    kafka.createTopics(1);
    ImageSender sender =
        new ImageSender(
            kafka.vertx(),
            kafka.settings(),
            new SenderSettings(kafka.topics().images(), 1000, 10, 5000));
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < 50; i++) {
      Future<RecordMetadata> one =
          sender.send(new byte[] {(byte) i}, new byte[900], Map.of("label", new byte[] {'7'}));
      if (one.failed()) {
        assertThat(one.cause()).isInstanceOf(SenderFullException.class);
        refused++;
        await(sender.ready(902));
      } else {
        sent.add(one);
      }
    }
    await(sender.send(new byte[] {1}, null, Map.of()));
    sent.forEach(TestKafka::await);

    assertThat(sent).hasSize(50 - refused);
    assertThat(sender.inFlight()).isZero();
    List<InputRecord> read = kafka.read(kafka.topics().images(), 0);
    assertThat(read).hasSize(51 - refused);
    assertThat(read.get(0).headers()).containsKey("label");
    assertThat(read.get(read.size() - 1).value()).isNull();
    await(sender.close());
  }

  @Test
  void anImageAboveTheLimitIsRefusedHereAndTheLimitNamed() {
    ImageSender sender =
        new ImageSender(
            kafka.vertx(),
            kafka.settings(),
            new SenderSettings(kafka.topics().images(), 1000, 10, 5000));

    assertThatThrownBy(() -> await(sender.send(new byte[2], new byte[999], Map.of())))
        .isInstanceOf(ImageTooLargeException.class)
        .hasMessageContaining("1001 bytes")
        .hasMessageContaining("at most 1000");
    assertThat(sender.inFlight()).isZero();
    await(sender.close());
  }

  @Test
  void whileKafkaIsAwayEverybodyHearsOfItAtOnceAndNotOneAfterTheOther() {
    KafkaSettings nowhere = new KafkaSettings("127.0.0.1:1", Map.of("max.block.ms", "700"));
    SenderSettings settings = new SenderSettings("images", 1000, 100, 5000);
    assertThat(ImageSender.properties(KafkaSettings.of("127.0.0.1:1"), settings))
        .containsEntry("max.block.ms", "5000");
    ImageSender sender = new ImageSender(kafka.vertx(), nowhere, settings);
    long began = System.nanoTime();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(sender.send(null, new byte[10], Map.of()));
    }
    for (Future<RecordMetadata> one : sent) {
      assertThatThrownBy(() -> await(one)).isInstanceOf(TimeoutException.class);
    }

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(sender.inFlight()).isZero();
    Future<RecordMetadata> later = sender.send(null, new byte[10], Map.of());
    assertThat(later.isComplete()).as("what is asked for afterwards is tried").isFalse();
    assertThatThrownBy(() -> await(later)).isInstanceOf(TimeoutException.class);
    await(sender.close());
  }
}
