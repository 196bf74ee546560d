package io.bagpipe.streams.kafka;

import static io.bagpipe.streams.testing.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.streams.testing.TestKafka;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicAdminTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  private void create(String name, int partitions, Map<String, String> config) throws Exception {
    try (Admin admin = Admin.create(kafka.settings().admin())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(config)))
          .all()
          .get();
    }
  }

  @Test
  void innerTopicsFollowTheImagesThatExist() throws Exception {
    create(kafka.topics().images(), 3, Map.of());

    assertThat(await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults()))).isEqualTo(3);
    assertThat(await(kafka.admin().partitions(kafka.topics().bags()))).isEqualTo(3);
    // and again, with nothing to do
    assertThat(await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults()))).isEqualTo(3);
  }

  @Test
  void innerTopicsGrowWithTheImages() throws Exception {
    kafka.createTopics(2);
    try (Admin admin = Admin.create(kafka.settings().admin())) {
      admin
          .createPartitions(Map.of(kafka.topics().images(), NewPartitions.increaseTo(4)))
          .all()
          .get();
    }
    assertThat(await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults()))).isEqualTo(4);
    for (String topic : kafka.topics().inner()) {
      assertThat(await(kafka.admin().partitions(topic))).as(topic).isEqualTo(4);
    }
    await(kafka.admin().grow(kafka.topics())); // nothing to do
  }

  @Test
  void aRetentionOfAnInnerTopicIsRefusedWithItsCureUnlessItIsAccepted() throws Exception {
    create(
        kafka.topics().embeddings(),
        1,
        Map.of("max.message.bytes", "99999999", "retention.ms", "604800000"));

    assertThatThrownBy(() -> await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults())))
        .isInstanceOf(TopicMismatchException.class)
        .hasMessageContaining(kafka.topics().embeddings() + " has retention.ms 604800000")
        .hasMessageContaining("--add-config retention.ms=-1")
        .hasMessageContaining("topics.on-retention=accept");
    TopicSettings accepting = TopicSettings.defaults().withRetentionAccepted(true);
    assertThat(await(kafka.admin().ensure(kafka.topics(), accepting))).isEqualTo(1);
  }

  @Test
  void anInnerTopicWithOtherPartitionsIsRefusedByName() throws Exception {
    create(kafka.topics().embeddings(), 2, Map.of("max.message.bytes", "99999999"));

    assertThatThrownBy(() -> await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults())))
        .isInstanceOf(TopicMismatchException.class)
        .hasMessageContaining(kafka.topics().embeddings() + " has 2 partitions");
  }

  @Test
  void anInnerTopicForSmallRecordsOnlyIsRefusedWithBothLimits() throws Exception {
    create(kafka.topics().views(), 1, Map.of("max.message.bytes", "1000000"));

    assertThatThrownBy(() -> await(kafka.admin().ensure(kafka.topics(), TopicSettings.defaults())))
        .isInstanceOf(TopicMismatchException.class)
        .hasMessageContaining(kafka.topics().views())
        .hasMessageContaining("1000000")
        .hasMessageContaining(Integer.toString((16 << 20) + TopicSettings.OVERHEAD_BYTES));
  }

  @Test
  void lagCountsFromTheLogsStartForAGroupThatNeverCommitted() {
    kafka.createTopics(2);
    for (int i = 0; i < 10; i++) {
      kafka.produce(kafka.topics().bags(), 1, "v" + i);
    }
    kafka.flush();

    assertThat(await(kafka.admin().trim(kafka.topics().bags(), 1, 4))).isEqualTo(4);
    assertThat(await(kafka.admin().lag("nobody", kafka.topics().bags())))
        .isEqualTo(Map.of(0, 0L, 1, 6L));
  }

  @Test
  void aClientThatCannotBeOpenedFailsWhatIsAskedAndNotWhoeverAsks() {
    TopicAdmin admin =
        new TopicAdmin(kafka.vertx(), kafka.settings(Map.of("security.protocol", "NONE_SUCH")));

    assertThatThrownBy(() -> await(admin.partitions("images"))).isInstanceOf(ConfigException.class);
    await(admin.close());
  }
}
