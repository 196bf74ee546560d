package io.bagpipe.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is left of a step that failed halfway, and of values that are not finite: nothing. */
class TrainerRecoveryTest {
  private static final int SIDE = 4;
  private static final int DIMENSION = 8;
  private static final int BATCH = 4;

  private final SmallStudent student = new SmallStudent(6, DIMENSION, 1);

  private Trainer trainer() {
    return new Trainer(
        student,
        new TrainerConfig(0.05, 0.001, 0.9f, 1e-4f, 5_000),
        Objectives.of("bingo"),
        new ObjectiveConfig(64, 0.2f, 1_000, 11, Map.of()));
  }

  private static AnchorBatch batch(long seed) {
    Random random = new Random(seed);
    AnchorBatch batch = new AnchorBatch(BATCH);
    for (Ingredient ingredient : Ingredient.values()) {
      if (ingredient.kind() == Ingredient.Kind.PIXELS) {
        byte[] pixels = new byte[BATCH * SIDE * SIDE * 3];
        random.nextBytes(pixels);
        batch.with(ingredient, pixels);
      } else {
        batch.with(ingredient, BingoReference.randomRows(random, BATCH, DIMENSION, true));
      }
    }
    return batch;
  }

  @Test
  void theGradientsOfAPassBeforeTheOneThatFailedAreDropped() {
    AnchorBatch poisoned = batch(2);
    poisoned.vectors(Ingredient.MEMBER_EMBEDDING)[3] =
        Float.NaN; // while warming up the query's pass does not look at it
    try (Trainer trainer = trainer()) {
      trainer.step(batch(1));
      TrainerState before = trainer.snapshot();
      trainer.step(batch(3));
      TrainerState undisturbed = trainer.snapshot();

      trainer.restore(before);
      assertThatThrownBy(() -> trainer.step(poisoned))
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("member views");
      trainer.restore(before);
      assertThat(trainer.anchors()).isEqualTo(BATCH);
      trainer.step(batch(3));

      TrainerState after = trainer.snapshot();
      assertThat(after.network().get("fc1.weight").data())
          .isEqualTo(undisturbed.network().get("fc1.weight").data());
      assertThat(after.velocities().get("fc2.weight").data())
          .isEqualTo(undisturbed.velocities().get("fc2.weight").data());
    }
  }

  @Test
  void velocitiesThatAreNotFiniteAreNeverInASnapshot() {
    try (Trainer trainer = trainer()) {
      StateDict velocities = new StateDict();
      for (Tensor tensor : student.velocities().tensors()) {
        float[] values = tensor.data().clone();
        values[2] = Float.NaN;
        velocities.put(new Tensor(tensor.name(), tensor.shape(), values));
      }
      student.loadVelocities(velocities);
      assertThatThrownBy(trainer::snapshot)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("velocity of fc1.weight holds NaN");
    }
  }

  @Test
  void aTermIsFiniteOnlyWithItsWholeGradient() {
    assertThat(new TermResult(1, new float[] {1, 2}).isFinite()).isTrue();
    assertThat(new TermResult(1, new float[] {1, Float.NaN}).isFinite()).isFalse();
    assertThat(new TermResult(1, new float[] {Float.POSITIVE_INFINITY, 1}).isFinite()).isFalse();
    assertThat(new TermResult(Double.NaN, new float[] {1}).isFinite()).isFalse();
  }
}
