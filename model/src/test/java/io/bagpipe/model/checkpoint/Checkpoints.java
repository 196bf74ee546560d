package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.train.TrainerState;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Checkpoints for tests: small, and different from step to step. */
final class Checkpoints {
  private Checkpoints() {}

  static Checkpoint ofStep(long step) {
    return of(step, new Metrics(1.0 / (step + 1), null), 2944);
  }

  static Checkpoint of(long step, Metrics metrics, int queue) {
    Random random = new Random(step);
    StateDict network = new StateDict();
    network.put(tensor(random, "conv1.weight", 8, 3, 3, 3));
    network.put(tensor(random, "bn1.running_mean", 8));
    network.put(tensor(random, "scalar"));
    StateDict velocities = new StateDict();
    velocities.put(tensor(random, "conv1.weight", 8, 3, 3, 3));
    Ledger ledger = new Ledger();
    for (int i = 0; i < 100; i++) {
      ledger.add("images", i % 2, step * 1000 + i);
    }
    byte[] carriedOver = new byte[random.nextInt(50)];
    random.nextBytes(carriedOver);
    CheckpointInfo info =
        new CheckpointInfo(
            "run-ä",
            "2026-11-23T00:00:00Z",
            new Architecture("resnet18", 16, "cifar", 32, "mlp-2048-128"),
            "{\"train\":{\"lr\":0.03}}",
            -5,
            step,
            step * 64,
            List.of(new StreamPosition("bags", "anId", 0, step * 3, 7)),
            ledger.entries(),
            metrics);
    StateDict queued = new StateDict();
    queued.put(tensor(random, "queue", queue / 128, 128));
    return new Checkpoint(
        info,
        new TrainerState(
            step,
            step * 64,
            network,
            velocities,
            ObjectiveState.of("bingo", queued, Map.of("queue_position", 12L))),
        carriedOver);
  }

  private static Tensor tensor(Random random, String name, int... shape) {
    int elements = 1;
    for (int extent : shape) {
      elements *= extent;
    }
    float[] data = new float[elements];
    for (int i = 0; i < elements; i++) {
      data[i] = Float.intBitsToFloat(random.nextInt() & 0x7f7fffff);
    }
    return new Tensor(name, shape, data);
  }

  static void assertSame(Checkpoint actual, Checkpoint expected) {
    assertThat(actual.info())
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(expected.info());
    assertThat(actual.carriedOver()).isEqualTo(expected.carriedOver());
    ObjectiveState objective = expected.trainer().objective();
    assertThat(actual.trainer().objective().objective()).isEqualTo(objective.objective());
    assertThat(actual.trainer().objective().counters()).isEqualTo(objective.counters());
    assertSame(actual.trainer().objective().tensors(), objective.tensors());
    assertSame(actual.trainer().network(), expected.trainer().network());
    assertSame(actual.trainer().velocities(), expected.trainer().velocities());
  }

  private static void assertSame(StateDict actual, StateDict expected) {
    assertThat(actual.tensors().stream().map(Tensor::name))
        .containsExactlyElementsOf(expected.tensors().stream().map(Tensor::name).toList());
    for (Tensor tensor : expected.tensors()) {
      assertThat(actual.get(tensor.name()).data()).isEqualTo(tensor.data());
      assertThat(actual.get(tensor.name()).shape()).isEqualTo(tensor.shape());
    }
  }
}
