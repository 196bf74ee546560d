package io.bagpipe.verticles.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.verticles.config.LimitsConfig;
import io.bagpipe.verticles.ops.ImageIngest.Accepted;
import io.bagpipe.verticles.ops.ImageIngest.Answer;
import io.bagpipe.verticles.ops.ImageIngest.Busy;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.status.TopicMissingException;
import io.bagpipe.verticles.stage.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door on a real broker, with nobody behind it but what the test commits. */
class KafkaDoorTest {
  private static final Topics TOPICS = Topics.named();
  private static final int BACKLOG = 3;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private EmbeddedBroker broker;
  private Admin admin;
  private KafkaDoor door;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(BrokerSettings.in(directory));
    KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
    admin = Admin.create(kafka.admin());
    door = new KafkaDoor(vertx, kafka, "blue", TOPICS, LIMITS, BACKLOG);
  }

  private static final LimitsConfig LIMITS =
      new LimitsConfig(
          1 << 20, 1 << 20, 1 << 20, Duration.ofSeconds(1), new LimitsConfig.Names(20, 10));

  @Test
  void anImageIsRefusedForItsNamesInOneLine() {
    assertThat(door.refusal("k".repeat(20), "l".repeat(10))).isNull();
    assertThat(door.refusal(null, null)).isNull();
    assertThat(door.refusal("\u00e9".repeat(11), null))
        .isEqualTo("the id has 22 bytes, more than limits.id-bytes (20)");
    assertThat(door.refusal("k", "l".repeat(11)))
        .isEqualTo("the label has 11 bytes, more than limits.label-bytes (10)");
  }

  @AfterEach
  void stop() throws Exception {
    get(door.close());
    admin.close();
    get(vertx.close());
    broker.close();
  }

  @Test
  void shutsAboveTheBacklogAndOpensWhenImagesHaveBeenAugmented() throws Exception {
    create(TOPICS.images(), TOPICS.views(), TOPICS.embeddings(), TOPICS.bags());
    for (int i = 0; i < BACKLOG; i++) {
      assertThat(offer()).isInstanceOf(Accepted.class);
    }
    assertThat(get(door.lags()))
        .containsEntry(Stage.AUGMENT.input(), Map.of(0, (long) BACKLOG))
        .hasSize(4);
    assertThat(offer()).as("so many may wait").isInstanceOf(Accepted.class);

    get(door.lags());
    assertThat(offer()).isInstanceOf(Busy.class);

    augmented(1);
    assertThat(get(door.lags())).containsEntry(Stage.AUGMENT.input(), Map.of(0, (long) BACKLOG));
    assertThat(offer()).isInstanceOf(Accepted.class);
  }

  @Test
  void doesSoWhileAnInnerTopicIsMissing() throws Exception {
    create(TOPICS.images(), TOPICS.embeddings(), TOPICS.bags());
    for (int i = 0; i <= BACKLOG; i++) {
      offer();
    }

    lagsMissTheViews();
    assertThat(offer()).isInstanceOf(Busy.class);

    augmented(BACKLOG);
    lagsMissTheViews();
    assertThat(offer()).isInstanceOf(Accepted.class);
  }

  private void lagsMissTheViews() {
    assertThatThrownBy(() -> get(door.lags()))
        .hasCauseInstanceOf(TopicMissingException.class)
        .hasMessageContaining(TOPICS.views());
  }

  private Answer offer() throws Exception {
    return get(door.offer("key", "an image".getBytes(UTF_8), Map.of()));
  }

  private void create(String... topics) throws Exception {
    List<NewTopic> made = Stream.of(topics).map(t -> new NewTopic(t, 1, (short) 1)).toList();
    admin.createTopics(made).all().get();
  }

  /** As the first stage commits. */
  private void augmented(long images) throws Exception {
    admin
        .alterConsumerGroupOffsets(
            Settings.group("blue", Stage.AUGMENT.id()),
            Map.of(new TopicPartition(TOPICS.images(), 0), new OffsetAndMetadata(images)))
        .all()
        .get();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
