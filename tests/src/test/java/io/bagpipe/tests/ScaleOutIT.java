package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Augmenters and teachers, a process each, beside the one with broker, bags and student. A second
 * of each comes, shares the partitions, does its part of the work, and goes in the middle of it:
 * the teacher is asked to, the augmenter is killed.
 */
class ScaleOutIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final int BATCH = 32;
  private static final String AUGMENTERS = "bagpipe-augment";
  private static final String TEACHERS = "bagpipe-teacher";
  private static final String ADDED = "-added";

  /** Images pushed before others come, as the teacher goes, and as the augmenter goes. */
  private static final int ALONE = 160;

  private static final int TEACHER_GOES = 960;
  private static final int IMAGES = 1_760;

  @TempDir private Path data;
  private final List<BagpipeProcess> started = new ArrayList<>();

  /** The student is the slowest, and little goes ahead of it: work waits while others go. */
  private BagpipeProcess start(String name, String... more) throws IOException {
    List<String> sets =
        BagpipeProcess.shortRun(
            16,
            BATCH,
            "instance.id=" + name,
            "topics.partitions=4",
            "train.threads=1",
            "teacher.batch=8",
            "gates.high-batches=4",
            "gates.low-batches=2",
            "checkpoint.every-images=" + ALONE);
    sets.addAll(List.of(more));
    BagpipeProcess process = new BagpipeProcess(data.resolve(name), sets);
    started.add(process);
    process.run();
    return process;
  }

  private BagpipeProcess start(String name, String stage, BagpipeProcess main) throws IOException {
    return start(name, "roles=[" + stage + ",ops]", "kafka.bootstrap.servers=" + main.bootstrap());
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (BagpipeProcess process : started) {
      process.kill();
    }
  }

  @Test
  void processesThatComeAndGoDoTheirPartAndLoseAndRepeatNothing() throws Exception {
    BagpipeProcess main = start("main", "roles=[bags,student]");
    TestImages.produce(main.bootstrap(), 0, ALONE);
    BagpipeProcess augmenter = start("augmenter", "augment", main);
    BagpipeProcess teacher = start("teacher", "teacher", main);
    main.awaitTrained(ALONE, PATIENCE);

    BagpipeProcess addedAugmenter = start("augmenter" + ADDED, "augment", main);
    BagpipeProcess addedTeacher = start("teacher" + ADDED, "teacher", main);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", main.bootstrap()))) {
      awaitPartitions(admin, AUGMENTERS, 2, 2);
      awaitPartitions(admin, TEACHERS, 2, 2);
      TestImages.produce(main.bootstrap(), ALONE, TEACHER_GOES);
      awaitHandled(addedAugmenter, "augment", 0);
      awaitHandled(addedTeacher, "teacher", 0);
      assertThat(waiting(admin)).as("images that wait, as the teacher goes").isPositive();
      assertThat(addedTeacher.terminate()).as("exit code: %s", addedTeacher.said()).isZero();
      awaitPartitions(admin, TEACHERS, 4);

      long before = addedAugmenter.handled("augment");
      TestImages.produce(main.bootstrap(), TEACHER_GOES, IMAGES);
      awaitHandled(addedAugmenter, "augment", before);
      addedAugmenter.kill();
      assertThat(waiting(admin)).as("images that wait, as the augmenter is killed").isPositive();
      awaitPartitions(admin, AUGMENTERS, 4);
    }

    main.awaitTrained(IMAGES, PATIENCE);
    assertThat(main.audit()).as("audit: %s", main.said()).isZero();
    for (BagpipeProcess process : List.of(augmenter, teacher, main)) {
      assertThat(process.terminate()).as("exit code: %s", process.said()).isZero();
    }
  }

  private static void awaitHandled(BagpipeProcess process, String stage, long before) {
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .untilAsserted(
            () ->
                assertThat(process.handled(stage)).as("%s", process.said()).isGreaterThan(before));
  }

  /** Waits until the members of a group have so many partitions, in ascending order. */
  private static void awaitPartitions(Admin admin, String group, Integer... expected) {
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .untilAsserted(
            () ->
                assertThat(
                        members(admin, group).stream()
                            .map(member -> member.assignment().topicPartitions().size())
                            .sorted())
                    .as(group)
                    .containsExactly(expected));
  }

  /** Records in the added augmenter's partitions of images that it has not committed. */
  private static long waiting(Admin admin) throws Exception {
    Set<TopicPartition> its =
        members(admin, AUGMENTERS).stream()
            .filter(member -> member.groupInstanceId().orElse("").endsWith(ADDED))
            .flatMap(member -> member.assignment().topicPartitions().stream())
            .collect(Collectors.toSet());
    var committed = admin.listConsumerGroupOffsets(AUGMENTERS).partitionsToOffsetAndMetadata();
    var ends =
        admin.listOffsets(its.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())));
    long waiting = 0;
    for (TopicPartition partition : its) {
      waiting +=
          ends.partitionResult(partition).get().offset() - committed.get().get(partition).offset();
    }
    return waiting;
  }

  private static Collection<MemberDescription> members(Admin admin, String group) throws Exception {
    return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members();
  }
}
