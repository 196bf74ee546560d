package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.train.TrainerComponents;
import io.bagpipe.model.train.TrainerState;
import java.util.List;
import java.util.Map;

/** Checkpoints of a small student that nobody has trained. */
public final class Checkpoints {
  private static final Architecture ARCHITECTURE =
      new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(24, 16));
  private static final StudentDescription STUDENT =
      StudentDescription.of(
          ARCHITECTURE, new Preprocessing(16, 0, 16, new float[3], new float[] {1, 1, 1}), "d164");
  private static final String CONFIGURATION = "{\"views\":{\"std\":{\"red\":1}}}";

  private Checkpoints() {}

  public static Checkpoint after(
      long step, long anchors, List<StreamPosition> positions, List<Ledger.Entry> ledger) {
    return new Checkpoint(
        new CheckpointInfo(
            "run7",
            "2026-11-22T12:00:00Z",
            STUDENT,
            CONFIGURATION,
            1,
            step,
            anchors,
            positions,
            ledger,
            new Metrics(5.25, 0.5)),
        TrainerComponents.of(
            new TrainerState(
                step,
                anchors,
                ARCHITECTURE.spec().initialState(1),
                new StateDict(),
                ObjectiveState.of("bingo", queue(), Map.of("queue_position", 1L)))));
  }

  private static StateDict queue() {
    StateDict tensors = new StateDict();
    tensors.put(new Tensor("queue", new int[] {2, 16}, new float[32]));
    return tensors;
  }
}
