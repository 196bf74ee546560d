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
  private static final int IMAGES = 3_840;
  private static final int BATCH = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final List<String> SETS = BagpipeProcess.shortRun(12, BATCH);

  @Test
  void killedAnywhereItLosesNothingAndRepeatsNothing(@TempDir Path data) throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    int kills = Integer.getInteger("bagpipe.kills", 5);
    Random random = new Random(seed);
    BagpipeProcess whole = new BagpipeProcess(data.resolve("whole"), SETS);
    BagpipeProcess killed = new BagpipeProcess(data.resolve("killed"), SETS);

    try {
      whole.run();
      TestImages.produce(whole.bootstrap(), 0, IMAGES);
      finish(whole);

      killed.run();
      TestImages.produce(killed.bootstrap(), 0, IMAGES);
      for (int i = 0; i < kills; i++) {
        // any moment of start, restore or training; the process may not have ended before
        boolean ended = killed.waitFor(500 + random.nextInt(7_000));
        assertThat(ended).as("seed %d: %s", seed, killed.said()).isFalse();
        killed.kill();
        killed.run();
      }
      sayWhenItTrainsAgain(killed);
      finish(killed);
    } finally {
      whole.kill();
      killed.kill();
    }

    assertThat(killed.weights())
        .as("seed %d, %d kills: the weights", seed, kills)
        .isEqualTo(whole.weights());
  }

  /** Not asserted: it is a matter of the machine. */
  private static void sayWhenItTrainsAgain(BagpipeProcess killed) {
    long before = killed.trained();
    long began = System.nanoTime();
    killed.awaitTrained(Math.min(IMAGES, before + BATCH), PATIENCE);
    System.out.printf(
        Locale.ROOT,
        "killed at %,d images; %.1f s after the start there is a newer checkpoint%n",
        before,
        (System.nanoTime() - began) / 1e9);
  }

  /** Waits until all is trained, audits beside the running service, and stops it by SIGTERM. */
  private static void finish(BagpipeProcess bagpipe) throws Exception {
    bagpipe.awaitTrained(IMAGES, PATIENCE);
    assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
    assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
  }
}
