package io.bagpipe.model.bingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BingoTrainerTest {
  private static final int SIZE = 4;
  private static final int DIMENSION = 8;

  private static BingoConfig config(long warmup) {
    return new BingoConfig(0.2f, 0.05, 0.001, 0.9f, 1e-4f, 64, 5_000, warmup, 11);
  }

  private static BingoBatch batch(Random random, int size) {
    byte[] query = new byte[size * SIZE * SIZE * 3];
    byte[] member = new byte[query.length];
    random.nextBytes(query);
    random.nextBytes(member);
    return new BingoBatch(
        size,
        query,
        member,
        BingoLossTest.randomRows(random, size, DIMENSION, true),
        BingoLossTest.randomRows(random, size, DIMENSION, true));
  }

  /** Keys that are a function of the image, so that there is something to learn. */
  private static BingoBatch learnable(Random random, int size) {
    BingoBatch batch = batch(random, size);
    for (int n = 0; n < size; n++) {
      int kind = random.nextInt(DIMENSION);
      for (int i = 0; i < SIZE * SIZE * 3; i++) {
        int at = n * SIZE * SIZE * 3 + i;
        int base = i % DIMENSION == kind ? 200 : 40;
        batch.queryViews()[at] = (byte) (base + random.nextInt(40));
        batch.memberViews()[at] = (byte) (base + random.nextInt(40));
      }
      for (int d = 0; d < DIMENSION; d++) {
        batch.keys()[n * DIMENSION + d] = d == kind ? 1 : 0;
        batch.memberKeys()[n * DIMENSION + d] = d == kind ? 1 : 0;
      }
    }
    return batch;
  }

  @Test
  void gradientsThroughTheStudentAreThoseOfTheWholeLoss() {
    long seed = System.nanoTime();
    BingoBatch batch = batch(new Random(seed), 6);
    SmallStudent trained = new SmallStudent(5, DIMENSION, seed);
    float[] negatives;
    try (BingoTrainer trainer = new BingoTrainer(trained, config(0))) {
      negatives = trainer.snapshot().queue();
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
  private static double wholeLoss(SmallStudent student, BingoBatch batch, float[] negatives) {
    CutMix cut = CutMix.draw(config(0).seed(), 0, SIZE);
    byte[] mixed = batch.queryViews().clone();
    cut.paste(mixed, batch.memberViews(), batch.size(), SIZE);
    double lambda = cut.lambda();
    return (term(student, batch.queryViews(), batch, negatives, 0.5)
            + term(student, batch.memberViews(), batch, negatives, 0.5)
            + term(student, mixed, batch, negatives, lambda))
        / 3;
  }

  private static double term(
      SmallStudent student, byte[] pixels, BingoBatch batch, float[] negatives, double key) {
    float[] raw = student.forward(pixels, batch.size());
    return key * BingoLossTest.plainLoss(raw, batch.keys(), negatives, DIMENSION, 0.2f)
        + (1 - key) * BingoLossTest.plainLoss(raw, batch.memberKeys(), negatives, DIMENSION, 0.2f);
  }

  @Test
  void learns() {
    Random random = new Random(5);
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(16, DIMENSION, 1), config(500))) {
      double first = 0;
      double last = 0;
      for (int step = 0; step < 300; step++) {
        StepReport report = trainer.step(learnable(random, 16));
        first += step < 10 ? report.loss() / 10 : 0;
        last += step >= 290 ? report.loss() / 10 : 0;
        assertThat(report.loss())
            .isCloseTo(
                (report.lossQuery() + report.lossMember() + report.lossMix()) / 3, within(1e-9));
      }
      assertThat(last).isLessThan(first - 0.5);
    }
  }

  @Test
  void countsAnchorsAndFollowsTheSchedule() {
    Random random = new Random(1);
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(4, DIMENSION, 1), config(0))) {
      CosineSchedule schedule = new CosineSchedule(0.05, 0.001, 5_000);
      assertThat(trainer.step(batch(random, 5)).rate()).isEqualTo(schedule.at(0));
      StepReport second = trainer.step(batch(random, 3));
      assertThat(second.rate()).isEqualTo(schedule.at(5));
      assertThat(second.step()).isEqualTo(2);
      assertThat(second.anchors()).isEqualTo(8);
      assertThat(second.lambda()).isEqualTo(CutMix.draw(11, 1, SIZE).lambda());
    }
  }

  @Test
  void theAnchorsKeysEnterTheQueueAfterTheLoss() {
    BingoBatch batch = batch(new Random(2), 3);
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(4, DIMENSION, 1), config(0))) {
      float[] before = trainer.snapshot().queue();
      trainer.step(batch);
      TrainerState after = trainer.snapshot();
      assertThat(after.queuePosition()).isEqualTo(3);
      System.arraycopy(batch.keys(), 0, before, 0, batch.keys().length);
      assertThat(after.queue()).isEqualTo(before);
    }
  }

  @Test
  void goesOnBitForBitFromASnapshot() {
    List<BingoBatch> batches = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      batches.add(batch(random, 8));
    }
    List<StepReport> whole = new ArrayList<>();
    List<StepReport> halves = new ArrayList<>();
    TrainerState end;
    TrainerState middle;
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(6, DIMENSION, 1), config(100))) {
      batches.forEach(batch -> whole.add(trainer.step(batch)));
      end = trainer.snapshot();
    }
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(6, DIMENSION, 1), config(100))) {
      batches.subList(0, 10).forEach(batch -> halves.add(trainer.step(batch)));
      middle = trainer.snapshot();
      batches.subList(20, 30).forEach(trainer::step); // must not touch the snapshot
    }
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(6, DIMENSION, 9), config(100))) {
      trainer.restore(middle);
      batches.subList(10, 30).forEach(batch -> halves.add(trainer.step(batch)));
      assertSame(trainer.snapshot(), end);
    }
    assertThat(halves).isEqualTo(whole);
  }

  @Test
  void aLossThatIsNotFiniteStopsTheTrainerBeforeTheUpdate() {
    SmallStudent student = new SmallStudent(6, DIMENSION, 1);
    Random random = new Random(4);
    try (BingoTrainer trainer = new BingoTrainer(student, config(0))) {
      trainer.step(batch(random, 4));
      TrainerState before = trainer.snapshot();
      float[] parameters = student.parameter(1).clone();

      BingoBatch poisoned = batch(random, 4);
      poisoned.memberKeys()[3] = Float.NaN;
      assertThatThrownBy(() -> trainer.step(poisoned))
          .isInstanceOf(NotFiniteException.class)
          .hasMessage("step 2: the loss of the query views is NaN");
      assertThat(student.parameter(1)).isEqualTo(parameters);
      assertThat(trainer.step()).isEqualTo(1);
      BingoBatch next = batch(random, 4);
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
    try (BingoTrainer trainer = new BingoTrainer(student, config(0))) {
      student.parameter(0)[7] = Float.POSITIVE_INFINITY;
      assertThatThrownBy(trainer::snapshot)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("fc1.weight holds Infinity");
    }
  }

  @Test
  void refusesABatchOfTheWrongShape() {
    BingoBatch right = batch(new Random(1), 2);
    try (BingoTrainer trainer = new BingoTrainer(new SmallStudent(4, DIMENSION, 1), config(0))) {
      assertThatThrownBy(
              () ->
                  trainer.step(
                      new BingoBatch(
                          3,
                          right.queryViews(),
                          right.memberViews(),
                          right.keys(),
                          right.memberKeys())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("batch of 3 anchors");
      assertThat(trainer.step(right).step()).isEqualTo(1);
    }
  }

  private static void assertSame(TrainerState actual, TrainerState expected) {
    assertThat(actual.step()).isEqualTo(expected.step());
    assertThat(actual.anchors()).isEqualTo(expected.anchors());
    assertThat(actual.queuePosition()).isEqualTo(expected.queuePosition());
    assertThat(actual.queue()).isEqualTo(expected.queue());
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
