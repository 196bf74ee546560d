package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.ops.events.Addresses;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services beside one another on one cluster, and one whose teacher changes. */
class TwoServicesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A string field of an ONNX file that nobody reads: the same teacher, another file. */
  private static final byte[] DOCUMENTATION = {0x32, 1, 'x'};

  private static void awaitTrained(RunningService service, long anchors) {
    await().atMost(PATIENCE).until(() -> service.progress().getLong("anchors") >= anchors);
  }

  private static RunningService beside(RunningService one, Path data, String name, String inner) {
    return RunningService.start(
        data,
        "kafka.bootstrap.servers=" + one.service().kafka().bootstrapServers(),
        "service.name=" + name,
        "topics.views=" + inner + "views",
        "topics.embeddings=" + inner + "embeddings",
        "topics.bags=" + inner + "bags");
  }

  @Test
  void twoServicesTrainTheSameImagesAndAThirdMayNotTakeOnesTopics(@TempDir Path data)
      throws Exception {
    try (RunningService one = RunningService.start(data.resolve("one"));
        RunningService blue = beside(one, data.resolve("blue"), "blue", "blue.")) {
      one.produce(TestImages.records(0, 64));
      awaitTrained(one, 64);
      awaitTrained(blue, 64);
      assertThat(one.service().failure()).isNotDone();
      assertThat(blue.service().failure()).isNotDone();
      assertThatThrownBy(() -> beside(one, data.resolve("green"), "green", "").close())
          .hasMessageContaining("is another service's: consumer group bagpipe-")
          .hasMessageContaining("topics.views, topics.embeddings, topics.bags");
      one.ask(Addresses.STUDENT_CHECKPOINT);
      blue.ask(Addresses.STUDENT_CHECKPOINT);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(serving(one)).containsExactly("blue/service", "service"));
    }
  }

  /** Of the students that serve; every student's own has the run's key before a {@code #}. */
  private static SortedSet<String> serving(RunningService service) throws Exception {
    SortedSet<String> keys = new TreeSet<>();
    try (LogReader log = new LogReader(service.service().kafka())) {
      log.read(
          "students",
          0,
          0,
          Long.MAX_VALUE,
          record -> keys.add(new String(record.key(), StandardCharsets.UTF_8)));
    }
    keys.removeIf(key -> key.contains("#"));
    return keys;
  }

  @Test
  void anotherTeachersFileIsRefusedUntilItIsAcceptedAndNothingIsLost(@TempDir Path data)
      throws Exception {
    try (RunningService first = RunningService.start(data)) {
      first.produce(TestImages.records(0, 40));
      awaitTrained(first, 32); // 8 wait for a batch to fill
    }
    Path other = data.resolve("other.onnx");
    try (var builtin = TeacherSource.class.getResourceAsStream("fashion-resnet18w32.onnx")) {
      Files.write(other, builtin.readAllBytes());
    }
    Files.write(other, DOCUMENTATION, StandardOpenOption.APPEND);
    String path = "teacher.path=" + other;

    try (RunningService refused = RunningService.start(data, path)) {
      assertThatThrownBy(() -> refused.service().failure().get(3, TimeUnit.MINUTES))
          .hasMessageContaining("topic bags, partition 0, offset ")
          .hasMessageContaining("the file of teacher.path")
          .hasMessageContaining("service.on-other-maker=accept");
    }
    try (RunningService accepting =
        RunningService.start(data, path, "service.on-other-maker=accept")) {
      accepting.produce(TestImages.records(40, 96));
      awaitTrained(accepting, 96);
    }
  }
}
