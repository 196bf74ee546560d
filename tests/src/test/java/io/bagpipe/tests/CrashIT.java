package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process, killed at random moments: nothing lost, nothing twice, the same bits. More
 * kills than the few of an ordinary build: {@code -Dbagpipe.kills=25}; the moments: {@code
 * -Dbagpipe.seed=N}.
 */
class CrashIT {
  private static final int IMAGES = 2_560;
  private static final int BATCH = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Promised of a start after a kill; about three times what it takes on two idle cores. */
  private static final Duration TRAINS_AGAIN = Duration.ofSeconds(20);

  /**
   * Cores that CI shares with others may not keep it; then a start after a kill may take so many
   * times what the first start took on them, which has nothing to recover.
   */
  private static final int SLACK = 2;

  /**
   * A quarter as many again come out of the memory: whole batches in all. Halfway the stream
   * changes, and the learning rate begins anew.
   */
  private static final List<String> SETS =
      BagpipeProcess.shortRun(
          8,
          BATCH,
          "rehearsal.share=0.2",
          "rehearsal.memory=400",
          "drift.reference=256",
          "drift.window=64",
          "drift.reaction=restart");

  @Test
  void killedAnywhereItLosesNothingAndRepeatsNothing(@TempDir Path data) throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    int kills = Integer.getInteger("bagpipe.kills", 5);
    Random random = new Random(seed);
    // one process with the optimising compiler and some without it: the same bits all the same
    BagpipeProcess whole = new BagpipeProcess(data.resolve("whole"), SETS).asLaunched();
    BagpipeProcess killed = new BagpipeProcess(data.resolve("killed"), SETS);

    try {
      long began = System.nanoTime();
      whole.run();
      TestImages.produceInPhases(whole.bootstrap(), IMAGES);
      whole.awaitTrained(1, PATIENCE);
      Duration firstStart = Duration.ofNanos(System.nanoTime() - began);
      finish(whole);

      killed.run();
      TestImages.produceInPhases(killed.bootstrap(), IMAGES);
      for (int i = 0; i < kills; i++) {
        // any moment of start, restore or training; the process may not have ended before
        boolean ended = killed.waitFor(500 + random.nextInt(7_000));
        assertThat(ended).as("seed %d: %s", seed, killed.said()).isFalse();
        killed.kill();
        if (i < kills - 1) {
          killed.run();
        }
      }
      startsAndTrainsAgain(killed, firstStart, seed);
      finish(killed);
    } finally {
      whole.kill();
      killed.kill();
    }

    assertThat(killed.weights())
        .as("seed %d, %d kills: the weights", seed, kills)
        .isEqualTo(whole.weights());
    assertThat(whole.changes().at()).hasSize(1);
    assertThat(whole.changes().restarted()).isBetween(IMAGES * 5L / 8, IMAGES * 5L / 8 + 500);
    assertThat(killed.changes()).isEqualTo(whole.changes());
  }

  /** Measured up to a newer checkpoint, which comes two batches after training goes on. */
  private static void startsAndTrainsAgain(BagpipeProcess killed, Duration firstStart, long seed)
      throws Exception {
    long before = killed.trained();
    killed.asLaunched(); // what is promised is promised of that
    long began = System.nanoTime();
    killed.run();
    if (before == IMAGES) {
      System.out.println("all was trained before the last kill: nothing to measure");
      return;
    }
    killed.awaitTrained(before + 1, PATIENCE);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf(
        Locale.ROOT,
        "killed at %,d images; %.1f s after the start there is a newer checkpoint, %.1f s after the"
            + " first start there was one%n",
        before,
        took.toMillis() / 1e3,
        firstStart.toMillis() / 1e3);
    Duration slack = firstStart.multipliedBy(SLACK);
    assertThat(took)
        .as("seed %d, killed at %d images: until it trains again", seed, before)
        .isLessThanOrEqualTo(slack.compareTo(TRAINS_AGAIN) > 0 ? slack : TRAINS_AGAIN);
  }

  /** Waits until all is trained, audits beside the running service, and stops it by SIGTERM. */
  private static void finish(BagpipeProcess bagpipe) throws Exception {
    bagpipe.awaitTrained(IMAGES, PATIENCE);
    assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
    assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
  }
}
