package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.audit.Auditor;
import io.bagpipe.verticles.service.RunPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second augmenter and a second teacher come, share the partitions, and go, during a run. */
class ScaleOutIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int IMAGES = 800;

  @Test
  void addingAndRemovingInstancesLosesAndRepeatsNothing(@TempDir Path data, @TempDir Path otherData)
      throws Exception {
    try (RunningService main =
        RunningService.start(data, "topics.partitions=2", "checkpoint.every-images=16")) {
      KafkaSettings kafka = main.service().kafka();
      main.produce(TestImages.records(0, 160));

      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
          RunningService added = second(otherData, kafka)) {
        for (String stage : List.of("augment", "teacher")) {
          await()
              .atMost(PATIENCE)
              .untilAsserted(() -> assertThat(partitions(admin, stage)).containsExactly(1, 1));
        }
        main.produce(TestImages.records(160, 480));
        await().atMost(PATIENCE).until(() -> main.seen() > 200);
        assertThat(added.service().failure()).isNotDone();
      } // leaves in the middle of it

      main.produce(TestImages.records(480, IMAGES));
      await().atMost(PATIENCE).until(() -> main.progress().getLong("anchors") == IMAGES);
      await().atMost(PATIENCE).until(() -> main.checkpoint().info().anchors() == IMAGES);
      AuditResult audit =
          new Auditor(kafka, "images", "images.dlq")
              .audit(2, RunPlace.ofService(data).checkpoints(), RunningService.BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
    }
  }

  private static RunningService second(Path data, KafkaSettings kafka) {
    return RunningService.start(
        data,
        "roles=augment,teacher",
        "instance.id=second",
        "topics.partitions=2",
        "kafka.bootstrap.servers=" + kafka.bootstrapServers());
  }

  /** How many partitions each member of a stage's group has, in ascending order. */
  private static List<Integer> partitions(Admin admin, String stage) throws Exception {
    String group = "bagpipe-" + stage;
    return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
        .map(member -> member.assignment().topicPartitions().size())
        .sorted()
        .toList();
  }
}
