package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process for each role and one for the broker; one at a time is killed, also the broker. Nothing
 * is lost, nothing comes twice, and the student is bit for bit that of one uninterrupted process,
 * which draws its views in the other stage. More kills: {@code -Dbagpipe.kills=25}; the moments:
 * {@code -Dbagpipe.seed=N}.
 */
class RolesCrashIT {
  private static final int IMAGES = 1_920;
  private static final int BATCH = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final List<String> ROLES = List.of("augment", "teacher", "bags", "student");

  private static List<String> sets(String... more) {
    return BagpipeProcess.shortRun(8, BATCH, more);
  }

  @Test
  void anyOneOfThemMayBeKilled(@TempDir Path data) throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    int kills = Integer.getInteger("bagpipe.kills", 5);
    Random random = new Random(seed);
    BagpipeProcess whole = new BagpipeProcess(data.resolve("whole"), sets());
    BagpipeProcess broker = new BagpipeProcess(data.resolve("broker"), sets("roles=[ops]"));
    List<BagpipeProcess> stages = new ArrayList<>();
    for (String role : ROLES) {
      stages.add(
          new BagpipeProcess(
              data.resolve(role),
              sets(
                  "roles=[" + role + "]",
                  "stages.draw-views=teacher",
                  "kafka.bootstrap.servers=" + broker.bootstrap())));
    }
    BagpipeProcess student = stages.get(ROLES.indexOf("student"));
    try {
      whole.run();
      TestImages.produce(whole.bootstrap(), 0, IMAGES);
      whole.awaitTrained(IMAGES, PATIENCE);
      whole.terminate();

      broker.run();
      TestImages.produce(broker.bootstrap(), 0, IMAGES);
      for (BagpipeProcess stage : stages) {
        stage.run();
      }
      for (int i = 0; i < kills; i++) {
        TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(5_000));
        // each in turn, from a random one on: the broker once in five
        int victim = (int) Math.floorMod(seed + i, 5L);
        BagpipeProcess killed = victim == ROLES.size() ? broker : stages.get(victim);
        assertThat(killed.isAlive()).as("seed %d: %s", seed, killed.said()).isTrue();
        killed.kill();
        killed.run();
      }

      student.awaitTrained(IMAGES, PATIENCE);
      assertThat(student.audit()).as("seed %d: audit: %s", seed, student.said()).isZero();
      for (BagpipeProcess stage : stages) {
        assertThat(stage.terminate()).as("exit code: %s", stage.said()).isZero();
      }
    } finally {
      whole.kill();
      for (BagpipeProcess stage : stages) {
        stage.kill();
      }
      broker.kill();
    }
    assertThat(student.weights())
        .as("seed %d, %d kills: the weights", seed, kills)
        .isEqualTo(whole.weights());
  }
}
