package io.bagpipe.model.objective;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A queue of negatives as an objective's state: tensor {@code queue}, counter {@code position}. */
public final class QueueState {
  private static final String QUEUE = "queue";
  private static final String POSITION = "queue_position";

  private QueueState() {}

  /** A copy. */
  public static ObjectiveState of(String objective, NegativeQueue queue) {
    return of(objective, queue, new StateDict());
  }

  /**
   * A copy, beside what else the objective keeps.
   *
   * @param others tensors of other names; taken over, not copied
   */
  public static ObjectiveState of(String objective, NegativeQueue queue, StateDict others) {
    StateDict tensors = new StateDict();
    int[] shape = {queue.capacity(), queue.dimension()};
    tensors.put(new Tensor(QUEUE, shape, queue.snapshot()));
    others.tensors().forEach(tensors::put);
    return ObjectiveState.of(objective, tensors, Map.of(POSITION, (long) queue.position()));
  }

  /**
   * Puts it back.
   *
   * @throws IllegalArgumentException when it is of another size, or holds more than a queue
   */
  public static void restore(ObjectiveState state, NegativeQueue queue) {
    restore(state, queue, Set.of());
  }

  /**
   * Puts it back; the objective does so with the others.
   *
   * @param others names of tensors that the objective knows beside the queue
   * @throws IllegalArgumentException when it is of another size, or something is not known
   */
  public static void restore(ObjectiveState state, NegativeQueue queue, Set<String> others) {
    Set<String> known = new HashSet<>(others);
    known.add(QUEUE);
    known.add(POSITION);
    state.requireOnly(known);
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
