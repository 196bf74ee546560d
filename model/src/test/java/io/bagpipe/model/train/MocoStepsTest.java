package io.bagpipe.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.Npy;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Objectives;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole steps of MoCo v2 beside PyTorch's, and what its key encoder does in between. */
class MocoStepsTest {

  @Test
  void wholeStepsAgreeWithTheReference() {
    GoldenCase golden = GoldenCase.one("moco", "steps");
    int steps = golden.meta().get("steps").asInt();
    int batch = golden.floats("view_q").length / steps / (3 * 8 * 8);
    float[][] views = new float[2 * steps][];
    for (int step = 0; step < steps; step++) {
      views[2 * step] = golden.step("view_q", step);
      views[2 * step + 1] = golden.step("view_k", step);
    }
    int rows = golden.floats("queue_before").length / golden.width("queue_before");
    double rate = golden.number("lr");
    TrainerConfig config =
        new TrainerConfig(
            rate,
            rate,
            (float) golden.number("sgd_momentum"),
            (float) golden.number("weight_decay"),
            1_000);
    TinyNetwork student = new TinyNetwork(before(golden), views);
    try (Trainer trainer =
        new Trainer(
            student,
            config,
            Objectives.of("moco-v2"),
            new ObjectiveConfig(
                rows,
                (float) golden.number("temperature"),
                0,
                1,
                Map.of("momentum", golden.number("momentum"))))) {
      startQueue(trainer, golden.floats("queue_before"));

      for (int step = 0; step < steps; step++) {
        AnchorBatch anchors =
            new AnchorBatch(batch)
                .with(Ingredient.QUERY_VIEW, TinyNetwork.pixels(2 * step, batch))
                .with(Ingredient.KEY_VIEW, TinyNetwork.pixels(2 * step + 1, batch));
        golden.agrees(
            "step " + step,
            trainer.step(anchors).loss().terms().get("contrast"),
            golden.meta().get("losses").get(step).asDouble());
      }

      TrainerState reached = trainer.snapshot();
      StateDict remembered = reached.objective().tensors();
      agree(golden, "after_query.npz", reached.network(), "");
      agree(golden, "after_key.npz", remembered, "encoder.");
      golden.agrees("queue", remembered.get("queue").data(), golden.doubles("queue_after"));
      assertThat(reached.objective().counter("queue_position"))
          .isEqualTo(golden.meta().get("pointer_after").asLong());
    }
  }

  private static StateDict before(GoldenCase golden) {
    return Npy.readAll(golden.folder().resolve("before.npz"));
  }

  /** The same state with the reference's queue. */
  private static void startQueue(Trainer trainer, float[] rows) {
    TrainerState start = trainer.snapshot();
    System.arraycopy(rows, 0, start.objective().tensors().get("queue").data(), 0, rows.length);
    trainer.restore(start);
  }

  private static void agree(GoldenCase golden, String file, StateDict actual, String prefix) {
    for (Tensor expected : Npy.readAll(golden.folder().resolve(file)).tensors()) {
      double[] values = new double[expected.data().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = expected.data()[i];
      }
      golden.agrees(file, actual.get(prefix + expected.name()).data(), values);
    }
  }

  static List<GoldenCase> averages() {
    return GoldenCase.all("moco", "ema");
  }

  /** The vector is dealt out to the network's parameters, as much as they hold. */
  @ParameterizedTest
  @MethodSource("averages")
  void theKeyEncoderFollowsAsTheReferenceDoes(GoldenCase golden) {
    StateDict shapes = before(GoldenCase.one("moco", "steps"));
    TinyNetwork student = new TinyNetwork(dealt(shapes, golden.floats("start")));
    try (MomentumEncoder encoder = student.momentumEncoder()) {
      for (int step = 0; step < golden.meta().get("steps").asInt(); step++) {
        student.load(dealt(shapes, golden.step("online", step)));
        encoder.follow((float) golden.number("momentum"));
        StateDict expected = dealt(shapes, golden.step("average", step));
        for (Tensor tensor : expected.tensors()) {
          boolean follows = !tensor.name().contains("running");
          float[] wanted = follows ? tensor.data() : shapes.get(tensor.name()).data();
          assertThat(encoder.state().get(tensor.name()).data())
              .as(tensor.name())
              .containsExactly(wanted, within(2e-6f));
        }
      }
    }
  }

  private static StateDict dealt(StateDict shapes, float[] vector) {
    StateDict dealt = new StateDict();
    int at = 0;
    for (Tensor tensor : shapes.tensors()) {
      float[] values = tensor.data().clone();
      for (int i = 0; i < values.length && !tensor.name().contains("running"); i++) {
        values[i] = vector[at++ % vector.length];
      }
      dealt.put(new Tensor(tensor.name(), tensor.shape(), values));
    }
    return dealt;
  }
}
