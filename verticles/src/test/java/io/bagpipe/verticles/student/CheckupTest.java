package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.model.train.TrainerConfig;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheckupTest {
  private static final int BATCH = 8;
  private static final int SIZE = 16;
  private static final int DIMENSION = 4;

  private final List<MeasureEvent> events = new ArrayList<>();
  private final Checkup checkup = new Checkup(events::add);

  /** A teacher that says one thing of half the images and another of the rest. */
  private static AnchorBatch batch() {
    byte[] views = new byte[BATCH * SIZE * SIZE * 3];
    new Random(1).nextBytes(views);
    float[] embeddings = new float[BATCH * DIMENSION];
    for (int row = 0; row < BATCH; row++) {
      embeddings[row * DIMENSION + row % 2] = 1;
    }
    return new AnchorBatch(BATCH)
        .with(Ingredient.QUERY_VIEW, views)
        .with(Ingredient.QUERY_EMBEDDING, embeddings);
  }

  @Test
  void looksAtEveryHundredthStepAndAtNoOther() {
    try (StudentEngine engine =
            StudentEngines.create(
                new EngineRequest(
                    new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, DIMENSION)).spec(),
                    SIZE,
                    BATCH,
                    7,
                    PixelNormalizer.IMAGENET),
                EngineOptions.DEFAULT.withThreads(1));
        Trainer trainer =
            new Trainer(
                engine,
                TrainerConfig.published(10_000),
                Objectives.of("seed"),
                new ObjectiveConfig(16, 0.2f, 0, 1, Map.of()))) {
      for (int step = 0; step <= Checkup.EVERY_STEPS + 1; step++) {
        checkup.before(trainer, batch());
        checkup.after(trainer.step(batch()), BATCH);
      }
    }

    assertThat(events)
        .extracting(MeasureEvent::anchors)
        .containsExactly((long) BATCH, (Checkup.EVERY_STEPS + 1) * BATCH);
    assertThat(events.get(0).measures())
        .containsKeys("feature_rank", "head_rank", "teacher_rank", "floor_similarity");
    assertThat(events.get(0).measures().get("teacher_rank")).isBetween(1.9, 2.1);
  }

  @Test
  void withoutALookAStepSaysNothing() {
    checkup.after(new StepReport(1, 8, new StepLoss(1, Map.of(), Map.of()), 0.1), BATCH);
    assertThat(events).isEmpty();
  }
}
