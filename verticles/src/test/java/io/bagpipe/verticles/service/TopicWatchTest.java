package io.bagpipe.verticles.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.Topics;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** On a real broker; looks often, so that nobody waits. */
class TopicWatchTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final long OFTEN_MILLIS = 50;
  private static final Topics TOPICS = Topics.named();

  @TempDir Path directory;

  @Test
  void theInnerTopicsFollowImagesAndWhatHindersItIsSaidOnce() throws Exception {
    Vertx vertx = QuietVertx.create();
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger logger = (Logger) LoggerFactory.getLogger(TopicWatch.class);
    logger.addAppender(said);
    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory))) {
      KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
      TopicWatch watch = new TopicWatch(vertx, kafka, TOPICS, OFTEN_MILLIS);
      try (Admin admin = Admin.create(kafka.admin())) {
        await().atMost(LONG).until(() -> !said.list.isEmpty()); // there are no topics yet
        create(admin);
        admin
            .createPartitions(Map.of(TOPICS.images(), NewPartitions.increaseTo(3)))
            .all()
            .get(60, TimeUnit.SECONDS);

        await()
            .atMost(LONG)
            .ignoreExceptionsMatching(KafkaException.class::isInstance)
            .untilAsserted(() -> assertThat(partitions(admin)).containsOnly(3));
        assertThat(said.list)
            .extracting(ILoggingEvent::getFormattedMessage)
            .doesNotHaveDuplicates()
            .allMatch(line -> line.startsWith("the inner topics could not be grown as images was"));
      } finally {
        watch.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
      }
    } finally {
      logger.detachAppender(said);
      vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(TOPICS.byPartition());
    names.add(TOPICS.images());
    return names;
  }

  private static void create(Admin admin) throws Exception {
    // images last: until it is there nothing is to be grown
    for (String name : names()) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(60, TimeUnit.SECONDS);
    }
  }

  private static List<Integer> partitions(Admin admin) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    admin
        .describeTopics(names())
        .allTopicNames()
        .get(60, TimeUnit.SECONDS)
        .forEach((name, topic) -> counts.put(name, topic.partitions().size()));
    return List.copyOf(counts.values());
  }
}
