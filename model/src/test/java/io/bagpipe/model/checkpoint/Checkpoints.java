package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Checkpoints for tests: small, and different from step to step. */
final class Checkpoints {
  static final StudentDescription STUDENT =
      StudentDescription.of(
          new Architecture(Family.RESNET18, 16, Stem.CIFAR, new Head(2048, 128)),
          new Preprocessing(
              32, 2, 36, new float[] {0.286f, 0.5f, 1e-7f}, new float[] {0.353f, 1f / 3, 1}),
          "d164");

  private Checkpoints() {}

  static Checkpoint ofStep(long step) {
    return of(step, new Metrics(1.0 / (step + 1), null), 3000);
  }

  static Checkpoint of(long step, Metrics metrics, int queue) {
    Random random = new Random(step);
    StateDict network = new StateDict();
    network.put(tensor(random, "conv1.weight", 8, 3, 3, 3));
    network.put(tensor(random, "bn1.running_mean", 8));
    network.put(tensor(random, "scalar"));
    StateDict optimiser = new StateDict();
    optimiser.put(tensor(random, "velocity.conv1.weight", 8, 3, 3, 3));
    StateDict objective = new StateDict();
    objective.put(tensor(random, "queue", queue, 2));
    Ledger ledger = new Ledger();
    for (int i = 0; i < 100; i++) {
      ledger.add("images", i % 2, step * 1000 + i);
    }
    CheckpointInfo info =
        new CheckpointInfo(
            "run-ä",
            "2026-11-23T00:00:00Z",
            STUDENT,
            "{\"train\":{\"lr\":0.03}}",
            -5,
            step,
            step * 64,
            List.of(new StreamPosition("bags", "anId", 0, step * 3, 7)),
            ledger.entries(),
            metrics);
    return new Checkpoint(
        info,
        Components.of(
            Component.of(
                Components.TRAINER,
                "",
                new StateDict(),
                Map.of("step", step, "anchors", step * 64)),
            Component.of(Components.MODEL, "", network, Map.of()),
            Component.of("optimiser", "sgd", optimiser, Map.of()),
            Component.of(
                "objective",
                "bingo",
                objective,
                Map.of("queue_position", 12L, "large", Long.MIN_VALUE + step))));
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
    assertThat(actual.components().all().stream().map(Component::name))
        .containsExactlyElementsOf(
            expected.components().all().stream().map(Component::name).toList());
    for (Component component : expected.components().all()) {
      Component found = actual.components().get(component.name());
      assertThat(found.kind()).isEqualTo(component.kind());
      assertThat(found.counters()).isEqualTo(component.counters());
      assertSame(found.tensors(), component.tensors());
    }
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
