package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes with the student's role, under one instance.id as two copies of one configuration
 * have it: the second stands by, and takes over when the first is killed, or stopped; one that
 * wakes ends itself; and one without the service's checkpoints is refused.
 */
class OneStudentIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int BATCH = 32;

  /**
   * Images pushed, all multiples of what a checkpoint comes after: before the second comes, before
   * the first goes, and in all.
   */
  private static final int ALONE = 128;

  private static final int TOGETHER = 640;
  private static final int IMAGES = 960;

  @TempDir private Path data;
  private final List<BagpipeProcess> started = new ArrayList<>();

  private BagpipeProcess start(String name, String... sets) throws IOException {
    BagpipeProcess process =
        new BagpipeProcess(data.resolve(name), BagpipeProcess.shortRun(8, BATCH, sets));
    started.add(process);
    process.run();
    return process;
  }

  private BagpipeProcess main() throws IOException {
    return start("main", "roles=[augment,teacher,bags]", "topics.partitions=2");
  }

  private BagpipeProcess student(String name, BagpipeProcess main, Path checkpoints)
      throws IOException {
    return start(
            name,
            "roles=[student,ops]",
            "kafka.bootstrap.servers=" + main.bootstrap(),
            "checkpoint.dir=" + checkpoints)
        .savesIn(checkpoints);
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (BagpipeProcess process : started) {
      process.kill();
    }
  }

  @Test
  void theSecondStandsByTakesOverFromOneThatIsKilledAndRefusesWithoutTheCheckpoints()
      throws Exception {
    Path shared = data.resolve("shared");
    BagpipeProcess main = main();
    TestImages.produce(main.bootstrap(), 0, ALONE);
    BagpipeProcess first = student("first", main, shared);
    first.awaitTrained(ALONE, PATIENCE);
    BagpipeProcess second = student("second", main, shared);
    awaitSaid(second, "this process stands by and takes over");
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .untilAsserted(
            () -> assertThat(second.get("/health/ready")).contains("UP").contains("standby"));

    TestImages.produce(main.bootstrap(), ALONE, TOGETHER);
    first.awaitTrained(TOGETHER / 2, PATIENCE);
    first.kill();
    long before = second.trained();
    long killed = System.nanoTime();
    awaitSaid(second, "has gone silent, taken over");
    double taken = seconds(killed);
    second.awaitTrained(before + BATCH, PATIENCE);
    System.out.printf(
        Locale.ROOT,
        "killed at %d; taken over after %.1f s, a newer checkpoint after %.1f s%n",
        before,
        taken,
        seconds(killed));
    assertThat(taken).as("seconds until it was taken over").isLessThan(60);

    TestImages.produce(main.bootstrap(), TOGETHER, IMAGES);
    second.awaitTrained(IMAGES, PATIENCE);
    assertThat(second.audit()).as("audit: %s", second.said()).isZero();
    assertThat(second.terminate()).as("exit code: %s", second.said()).isZero();

    BagpipeProcess stranger = student("stranger", main, data.resolve("of its own"));
    assertThat(stranger.waitFor(PATIENCE.toMillis())).isTrue();
    assertThat(stranger.said())
        .contains("the student of service bagpipe has " + IMAGES + " anchors")
        .contains("here is no checkpoint")
        .contains("service.on-other-student=accept");
  }

  @Test
  void oneThatWasStoppedEndsItselfWhenItWakesAndDoesNothingThatCounts() throws Exception {
    Path shared = data.resolve("shared");
    BagpipeProcess main = main();
    TestImages.produce(main.bootstrap(), 0, TOGETHER);
    BagpipeProcess first = student("first", main, shared);
    first.awaitTrained(ALONE, PATIENCE);
    BagpipeProcess second = student("second", main, shared);
    awaitSaid(second, "this process stands by and takes over");

    first.signal("-STOP");
    TestImages.produce(main.bootstrap(), TOGETHER, IMAGES);
    second.awaitTrained(IMAGES, PATIENCE);
    long woken = System.nanoTime();
    first.signal("-CONT");

    assertThat(first.waitFor(PATIENCE.toMillis())).as("ends by itself").isTrue();
    System.out.printf(Locale.ROOT, "ended %.1f s after it woke%n", seconds(woken));
    assertThat(first.said())
        .contains("is led by process " + second.pid())
        .contains("this process was fenced");
    assertThat(first.terminate()).as("exit code").isEqualTo(1);
    assertThat(second.audit()).as("audit: %s", second.said()).isZero();
    assertThat(second.trained()).isEqualTo(IMAGES);
    assertThat(second.terminate()).as("exit code: %s", second.said()).isZero();
  }

  private static void awaitSaid(BagpipeProcess process, String words) {
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .untilAsserted(() -> assertThat(process.said()).contains(words));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
