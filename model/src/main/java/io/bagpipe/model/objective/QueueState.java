package io.bagpipe.model.objective;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** A queue of negatives as an objective's state: tensor {@code queue}, counter {@code position}. */
public final class QueueState {
  private static final String QUEUE = "queue";
  private static final String POSITION = "queue_position";

  private QueueState() {}

  /** A copy. */
  public static ObjectiveState of(String objective, NegativeQueue queue) {
    StateDict tensors = new StateDict();
    int[] shape = {queue.capacity(), queue.dimension()};
    tensors.put(new Tensor(QUEUE, shape, queue.snapshot()));
    return ObjectiveState.of(objective, tensors, Map.of(POSITION, (long) queue.position()));
  }

  /**
   * Puts it back.
   *
   * @throws IllegalArgumentException when it is of another size, or holds more than a queue
   */
  public static void restore(ObjectiveState state, NegativeQueue queue) {
    state.requireOnly(Set.of(QUEUE, POSITION));
    Tensor rows = state.tensors().get(QUEUE);
    int[] shape = {queue.capacity(), queue.dimension()};
    if (!Arrays.equals(rows.shape(), shape)) {
      throw new IllegalArgumentException(
          "a queue of "
              + Arrays.toString(rows.shape())
              + " where the configuration has "
              + Arrays.toString(shape)
              + ": train.queue and the teacher's embedding must stay what they were");
    }
    queue.restore(rows.data(), Math.toIntExact(state.counter(POSITION)));
  }
}
