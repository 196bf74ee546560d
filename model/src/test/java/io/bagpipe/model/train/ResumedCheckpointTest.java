package io.bagpipe.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that was saved in version 1 of the format by the program of that time goes on to where that
 * program came.
 */
class ResumedCheckpointTest {
  private static final Path FILES = Path.of("src/test/resources/checkpoint");
  private static final int BATCH = 8;
  private static final int SIZE = 16;
  private static final int DIMENSION = 4;
  private static final PixelNormalizer PIXELS =
      new PixelNormalizer(
          new float[] {0.286f, 0.286f, 0.286f}, new float[] {0.353f, 0.353f, 0.353f});

  @TempDir Path folder;

  @Test
  void threeMoreStepsEndWhereTheOldProgramEnded() {
    Checkpoint step3 = CheckpointFile.read(FILES.resolve("v1-step-3.safetensors"));
    Checkpoint step6 = CheckpointFile.read(FILES.resolve("v1-step-6.safetensors"));

    Checkpoint reached = threeMoreSteps(step3);

    assertThat(reached.components().get("trainer").counters())
        .isEqualTo(step6.components().get("trainer").counters());
    assertThat(reached.components().get("objective").counters())
        .isEqualTo(step6.components().get("objective").counters());
    assertThat(farthest(reached, step6))
        .as("other processors round sums in another order; on one it is 0")
        .isCloseTo(0, within(1e-4));
  }

  @Test
  void fromTheNewFormatItGoesOnWithTheSameBits() {
    Checkpoint step3 = CheckpointFile.read(FILES.resolve("v1-step-3.safetensors"));
    Checkpoint rewritten = CheckpointFile.read(new CheckpointStore(folder, 1).save(step3));

    assertThat(farthest(threeMoreSteps(rewritten), threeMoreSteps(step3))).isZero();
  }

  private static Checkpoint threeMoreSteps(Checkpoint from) {
    NetworkSpec spec = from.info().student().architecture().spec();
    try (StudentEngine engine =
            StudentEngines.create(
                new EngineRequest(spec, SIZE, BATCH, 7, PIXELS),
                EngineOptions.DEFAULT.withThreads(1));
        Trainer trainer =
            new Trainer(
                engine,
                new TrainerConfig(0.05, 0.001, 0.9f, 1e-4f, 5000),
                Objectives.of("bingo"),
                new ObjectiveConfig(64, 0.2f, 100, 11, Map.of()))) {
      trainer.restore(TrainerComponents.read(from.components()));
      for (int step = 3; step < 6; step++) {
        trainer.step(batch(step));
      }
      TrainerState state = trainer.snapshot();
      return new Checkpoint(
          CheckpointFile.readInfo(FILES.resolve("v1-step-6.safetensors")),
          TrainerComponents.of(state));
    }
  }

  /** The batches that the files were made with. */
  private static AnchorBatch batch(long step) {
    Random random = new Random(step);
    byte[] query = new byte[BATCH * SIZE * SIZE * 3];
    byte[] member = new byte[query.length];
    random.nextBytes(query);
    random.nextBytes(member);
    return new AnchorBatch(BATCH)
        .with(Ingredient.QUERY_VIEW, query)
        .with(Ingredient.MEMBER_VIEW, member)
        .with(Ingredient.KEY_EMBEDDING, rows(random))
        .with(Ingredient.MEMBER_EMBEDDING, rows(random));
  }

  private static float[] rows(Random random) {
    return BingoReference.randomRows(random, BATCH, DIMENSION, true);
  }

  /** Largest difference of any value of any tensor. */
  private static double farthest(Checkpoint one, Checkpoint other) {
    double farthest = 0;
    for (Component component : other.components().all()) {
      for (Tensor tensor : component.tensors().tensors()) {
        float[] values = one.components().get(component.name()).tensor(tensor.name()).data();
        for (int i = 0; i < values.length; i++) {
          farthest = Math.max(farthest, Math.abs((double) values[i] - tensor.data()[i]));
        }
      }
    }
    return farthest;
  }
}
