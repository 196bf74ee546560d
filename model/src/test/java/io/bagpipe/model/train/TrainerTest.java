package io.bagpipe.model.train;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.NotFiniteException;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.objective.bingo.BingoReference;
import io.bagpipe.model.objective.bingo.CutMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
  private static final int SIZE = 4;
  private static final int DIMENSION = 8;

  private static Trainer bingo(StudentEngine student, long warmup) {
    return trainer(student, "bingo", warmup);
  }

  private static Trainer trainer(StudentEngine student, String objective, long warmup) {
    return new Trainer(
        student,
        new TrainerConfig(0.05, 0.001, 0.9f, 1e-4f, 5_000),
        Objectives.of(objective),
        new ObjectiveConfig(64, 0.2f, warmup, 11, Map.of()));
  }

  /** A batch with everything that any objective may ask for. */
  private static AnchorBatch batch(Random random, int size) {
    AnchorBatch batch = new AnchorBatch(size);
    for (Ingredient ingredient : Ingredient.values()) {
      if (ingredient.kind() == Ingredient.Kind.PIXELS) {
        byte[] pixels = new byte[size * SIZE * SIZE * 3];
        random.nextBytes(pixels);
        batch.with(ingredient, pixels);
      } else {
        batch.with(ingredient, BingoReference.randomRows(random, size, DIMENSION, true));
      }
    }
    return batch;
  }

  /** Keys that are a function of the image, so that there is something to learn. */
  private static AnchorBatch learnable(Random random, int size) {
    AnchorBatch batch = batch(random, size);
    for (int n = 0; n < size; n++) {
      int kind = random.nextInt(DIMENSION);
      for (int i = 0; i < SIZE * SIZE * 3; i++) {
        int at = n * SIZE * SIZE * 3 + i;
        int base = i % DIMENSION == kind ? 200 : 40;
        for (Ingredient view : of(Ingredient.Kind.PIXELS)) {
          batch.view(view)[at] = (byte) (base + random.nextInt(40));
        }
      }
      for (int d = 0; d < DIMENSION; d++) {
        for (Ingredient vector : of(Ingredient.Kind.VECTOR)) {
          batch.vectors(vector)[n * DIMENSION + d] = d == kind ? 1 : 0;
        }
      }
    }
    return batch;
  }

  private static List<Ingredient> of(Ingredient.Kind kind) {
    return Arrays.stream(Ingredient.values()).filter(i -> i.kind() == kind).toList();
  }

  @Test
  void gradientsThroughTheStudentAreThoseOfTheWholeLoss() {
    long seed = System.nanoTime();
    AnchorBatch batch = batch(new Random(seed), 6);
    SmallStudent trained = new SmallStudent(5, DIMENSION, seed);
    float[] negatives;
    try (Trainer trainer = bingo(trained, 0)) {
      negatives = queue(trainer.snapshot());
      trainer.step(batch);
    }
    SmallStudent student = new SmallStudent(5, DIMENSION, seed);
    Random pick = new Random(seed);
    for (int p = 0; p < 2; p++) {
      float[] parameter = student.parameter(p);
      for (int trial = 0; trial < 12; trial++) {
        int i = pick.nextInt(parameter.length);
        float before = parameter[i];
        parameter[i] = before + 2e-3f;
        double up = wholeLoss(student, batch, negatives);
        parameter[i] = before - 2e-3f;
        double down = wholeLoss(student, batch, negatives);
        parameter[i] = before;
        assertThat((double) trained.gradient(p)[i])
            .as("seed %d, parameter %d[%d]", seed, p, i)
            .isCloseTo((up - down) / 4e-3, within(2e-3));
      }
    }
  }

  /** The loss as METHOD has it, in plain loops, after the warm-up, for the first step's CutMix. */
  private static double wholeLoss(SmallStudent student, AnchorBatch batch, float[] negatives) {
    CutMix cut = CutMix.draw(11, 0, SIZE);
    byte[] mixed = batch.view(QUERY_VIEW).clone();
    cut.paste(mixed, batch.view(MEMBER_VIEW), batch.size(), SIZE);
    double lambda = cut.lambda();
    return (term(student, batch.view(QUERY_VIEW), batch, negatives, 0.5)
            + term(student, batch.view(MEMBER_VIEW), batch, negatives, 0.5)
            + term(student, mixed, batch, negatives, lambda))
        / 3;
  }

  private static double term(
      SmallStudent student, byte[] pixels, AnchorBatch batch, float[] negatives, double key) {
    float[] raw = student.forward(pixels, batch.size());
    return key
            * BingoReference.plainLoss(
                raw, batch.vectors(KEY_EMBEDDING), negatives, DIMENSION, 0.2f)
        + (1 - key)
            * BingoReference.plainLoss(
                raw, batch.vectors(MEMBER_EMBEDDING), negatives, DIMENSION, 0.2f);
  }

  @Test
  void learns() {
    Random random = new Random(5);
    try (Trainer trainer = bingo(new SmallStudent(16, DIMENSION, 1), 500)) {
      double first = 0;
      double last = 0;
      for (int step = 0; step < 300; step++) {
        StepReport report = trainer.step(learnable(random, 16));
        first += step < 10 ? report.loss().loss() / 10 : 0;
        last += step >= 290 ? report.loss().loss() / 10 : 0;
        assertThat(report.loss().loss())
            .isCloseTo(
                report.loss().terms().values().stream().mapToDouble(x -> x).sum() / 3,
                within(1e-9));
      }
      assertThat(last).isLessThan(first - 0.5);
    }
  }

  @Test
  void countsAnchorsAndFollowsTheSchedule() {
    Random random = new Random(1);
    try (Trainer trainer = bingo(new SmallStudent(4, DIMENSION, 1), 0)) {
      CosineSchedule schedule = new CosineSchedule(0.05, 0.001, 5_000);
      assertThat(trainer.step(batch(random, 5)).rate()).isEqualTo(schedule.at(0));
      StepReport second = trainer.step(batch(random, 3));
      assertThat(second.rate()).isEqualTo(schedule.at(5));
      assertThat(second.step()).isEqualTo(2);
      assertThat(second.anchors()).isEqualTo(8);
      assertThat(second.loss().measures().get("lambda"))
          .isEqualTo(CutMix.draw(11, 1, SIZE).lambda());
    }
  }

  @Test
  void theAnchorsKeysEnterTheQueueAfterTheLoss() {
    AnchorBatch batch = batch(new Random(2), 3);
    try (Trainer trainer = bingo(new SmallStudent(4, DIMENSION, 1), 0)) {
      float[] before = queue(trainer.snapshot());
      trainer.step(batch);
      TrainerState after = trainer.snapshot();
      assertThat(position(after)).isEqualTo(3);
      System.arraycopy(
          batch.vectors(KEY_EMBEDDING), 0, before, 0, batch.vectors(KEY_EMBEDDING).length);
      assertThat(queue(after)).isEqualTo(before);
    }
  }

  @Test
  void goesOnBitForBitFromASnapshot() {
    List<AnchorBatch> batches = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      batches.add(batch(random, 8));
    }
    List<StepReport> whole = new ArrayList<>();
    List<StepReport> halves = new ArrayList<>();
    TrainerState end;
    TrainerState middle;
    try (Trainer trainer = bingo(new SmallStudent(6, DIMENSION, 1), 100)) {
      batches.forEach(batch -> whole.add(trainer.step(batch)));
      end = trainer.snapshot();
    }
    try (Trainer trainer = bingo(new SmallStudent(6, DIMENSION, 1), 100)) {
      batches.subList(0, 10).forEach(batch -> halves.add(trainer.step(batch)));
      middle = trainer.snapshot();
      batches.subList(20, 30).forEach(trainer::step); // must not touch the snapshot
    }
    try (Trainer trainer = bingo(new SmallStudent(6, DIMENSION, 9), 100)) {
      trainer.restore(middle);
      batches.subList(10, 30).forEach(batch -> halves.add(trainer.step(batch)));
      assertSame(trainer.snapshot(), end);
    }
    assertThat(halves).isEqualTo(whole);
  }

  @Test
  void theRateBeginsAnewAtAChangeAndForWhoeverGoesOn() {
    Random random = new Random(8);
    List<AnchorBatch> batches = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      batches.add(batch(random, 8));
    }
    TrainerState middle;
    TrainerState end;
    try (Trainer trainer = bingo(new SmallStudent(6, DIMENSION, 1), 0)) {
      double first = trainer.step(batches.get(0)).rate();
      batches.subList(1, 10).forEach(trainer::step);
      assertThat(trainer.step(batches.get(10)).rate()).isLessThan(first);
      trainer.changed("0-80", true);
      middle = trainer.snapshot();
      assertThat(trainer.step(batches.get(11)).rate()).isEqualTo(first);
      trainer.changed("0-90", false);
      assertThat(trainer.step(batches.get(12)).rate()).isLessThan(first);
      end = trainer.snapshot();
    }
    try (Trainer trainer = bingo(new SmallStudent(6, DIMENSION, 9), 0)) {
      trainer.restore(middle);
      trainer.step(batches.get(11));
      trainer.changed("0-90", false);
      trainer.step(batches.get(12));
      assertSame(trainer.snapshot(), end);
      assertThat(trainer.changes()).isEqualTo(end.changes());
    }
    assertThat(end.changes()).isEqualTo(new StreamChanges(Map.of("0-80", 88L, "0-90", 96L), 88));
  }

  @Test
  void aLossThatIsNotFiniteStopsTheTrainerBeforeTheUpdate() {
    SmallStudent student = new SmallStudent(6, DIMENSION, 1);
    Random random = new Random(4);
    try (Trainer trainer = bingo(student, 0)) {
      trainer.step(batch(random, 4));
      TrainerState before = trainer.snapshot();
      float[] parameters = student.parameter(1).clone();

      AnchorBatch poisoned = batch(random, 4);
      poisoned.vectors(MEMBER_EMBEDDING)[3] = Float.NaN;
      assertThatThrownBy(() -> trainer.step(poisoned))
          .isInstanceOf(NotFiniteException.class)
          .hasMessage("step 2: the loss of the query views is NaN");
      assertThat(student.parameter(1)).isEqualTo(parameters);
      assertThat(trainer.step()).isEqualTo(1);
      AnchorBatch next = batch(random, 4);
      assertThatThrownBy(() -> trainer.step(next)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(trainer::snapshot).isInstanceOf(IllegalStateException.class);

      trainer.restore(before);
      assertSame(trainer.snapshot(), before);
      TrainerState restored = trainer.snapshot();
      trainer.step(next);
      TrainerState after = trainer.snapshot();
      trainer.restore(restored);
      trainer.step(next);
      assertSame(trainer.snapshot(), after);
    }
  }

  @Test
  void parametersThatAreNotFiniteAreNeverInASnapshot() {
    SmallStudent student = new SmallStudent(6, DIMENSION, 1);
    try (Trainer trainer = bingo(student, 0)) {
      student.parameter(0)[7] = Float.POSITIVE_INFINITY;
      assertThatThrownBy(trainer::snapshot)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("fc1.weight holds Infinity");
    }
  }

  @Test
  void refusesABatchOfTheWrongShapeAndNamesTheIngredient() {
    AnchorBatch right = batch(new Random(1), 2);
    try (Trainer trainer = bingo(new SmallStudent(4, DIMENSION, 1), 0)) {
      AnchorBatch wrong =
          new AnchorBatch(3)
              .with(QUERY_VIEW, right.view(QUERY_VIEW))
              .with(MEMBER_VIEW, new byte[3 * SIZE * SIZE * 3])
              .with(KEY_EMBEDDING, new float[3 * DIMENSION]);
      assertThatThrownBy(() -> trainer.step(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "a batch of 3 anchors with QUERY_VIEW of 96 values where 144 go, MEMBER_EMBEDDING of"
                  + " -1 values where 24 go");
      assertThat(trainer.step(right).step()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyObjectiveLearnsSaysItsTermsAndGoesOnBitForBit(String name) {
    Random random = new Random(5);
    List<AnchorBatch> batches = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      batches.add(learnable(random, 16));
    }
    List<StepReport> whole = new ArrayList<>();
    TrainerState middle = null;
    TrainerState end;
    try (Trainer trainer = trainer(new SmallStudent(16, DIMENSION, 1), name, 500)) {
      for (AnchorBatch batch : batches) {
        middle = whole.size() == 100 ? trainer.snapshot() : middle;
        whole.add(trainer.step(batch));
      }
      end = trainer.snapshot();
      assertThat(whole.get(0).loss().terms().keySet())
          .containsExactlyElementsOf(trainer.objective().terms());
    }
    assertThat(whole.get(199).loss().loss()).isLessThan(whole.get(0).loss().loss() - 0.3);
    try (Trainer trainer = trainer(new SmallStudent(16, DIMENSION, 9), name, 500)) {
      trainer.restore(middle);
      for (int i = 100; i < 200; i++) {
        assertThat(trainer.step(batches.get(i))).isEqualTo(whole.get(i));
      }
      assertSame(trainer.snapshot(), end);
    }
  }

  static List<String> objectives() {
    return Objectives.names();
  }

  @Test
  void refusesTheStateOfAnotherObjective() {
    try (Trainer bingo = bingo(new SmallStudent(4, DIMENSION, 1), 0);
        Trainer seed = trainer(new SmallStudent(4, DIMENSION, 1), "seed", 0)) {
      TrainerState state = bingo.snapshot();
      assertThatThrownBy(() -> seed.restore(state))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the state of a student trained by bingo where train.objective is seed");
    }
  }

  private static float[] queue(TrainerState state) {
    return state.objective().tensors().get("queue").data();
  }

  private static long position(TrainerState state) {
    return state.objective().counter("queue_position");
  }

  private static void assertSame(TrainerState actual, TrainerState expected) {
    assertThat(actual.step()).isEqualTo(expected.step());
    assertThat(actual.anchors()).isEqualTo(expected.anchors());
    assertThat(actual.objective().objective()).isEqualTo(expected.objective().objective());
    assertThat(actual.objective().counters()).isEqualTo(expected.objective().counters());
    assertSame(actual.objective().tensors(), expected.objective().tensors());
    assertSame(actual.network(), expected.network());
    assertSame(actual.velocities(), expected.velocities());
  }

  private static void assertSame(StateDict actual, StateDict expected) {
    assertThat(actual.tensors()).hasSameSizeAs(expected.tensors());
    for (Tensor tensor : expected.tensors()) {
      assertThat(actual.get(tensor.name()).data()).as(tensor.name()).isEqualTo(tensor.data());
    }
  }
}
