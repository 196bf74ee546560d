package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic that is deleted under a run, and what the next start makes of it. */
class TopicGoneIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void bagsMadeAnewAreNotTakenForTheOldOnes(@TempDir Path data) throws Exception {
    try (RunningService first = RunningService.start(data)) {
      first.produce(TestImages.records(0, 64));
      await().atMost(PATIENCE).until(() -> first.progress().getLong("anchors") == 64);
      try (Admin admin =
          Admin.create(Map.of("bootstrap.servers", first.service().kafka().bootstrapServers()))) {
        admin.deleteTopics(List.of("bags")).all().get();
      }
    }

    List<String> before = new ArrayList<>();
    assertThatThrownBy(() -> RunningService.start(data).close())
        .hasStackTraceContaining("in a topic bags that is not there any more")
        .hasStackTraceContaining("topics.on-gap=earliest goes on at the first record there is");

    try (RunningService again = RunningService.start(data, "topics.on-gap=earliest")) {
      before.addAll(positions(again));
      again.produce(TestImages.records(64, 128));
      // the few of a young window are bagged and trained a second time, too
      await().atMost(PATIENCE).until(() -> again.progress().getLong("anchors") >= 128);
      assertThat(positions(again)).as("the last checkpoint's").isEqualTo(before);
    }
    try (RunningService look = RunningService.start(data)) {
      assertThat(positions(look)).hasSize(1).doesNotContainAnyElementsOf(before);
    }
  }

  /** Ids of the topics that the newest checkpoint stands in. */
  private static List<String> positions(RunningService service) {
    return service.checkpoint().info().positions().stream().map(p -> p.topicId()).toList();
  }
}
