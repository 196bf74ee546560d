package io.bagpipe.model.objective;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Set;
import java.util.stream.Collectors;

/** A momentum encoder as an objective's state: tensors {@code encoder.NAME}, as the student's. */
public final class EncoderState {
  private static final String PREFIX = "encoder.";

  private EncoderState() {}

  /** A copy. */
  public static StateDict of(MomentumEncoder encoder) {
    StateDict tensors = new StateDict();
    for (Tensor tensor : encoder.state().tensors()) {
      tensors.put(new Tensor(PREFIX + tensor.name(), tensor.shape(), tensor.data()));
    }
    return tensors;
  }

  /** The names that {@link #of} gives. */
  public static Set<String> names(MomentumEncoder encoder) {
    return encoder.state().tensors().stream()
        .map(tensor -> PREFIX + tensor.name())
        .collect(Collectors.toSet());
  }

  /**
   * Puts it back.
   *
   * @throws IllegalArgumentException when a tensor is missing or has another shape
   */
  public static void restore(ObjectiveState state, MomentumEncoder encoder) {
    StateDict own = new StateDict();
    for (Tensor tensor : state.tensors().tensors()) {
      if (tensor.name().startsWith(PREFIX)) {
        String name = tensor.name().substring(PREFIX.length());
        own.put(new Tensor(name, tensor.shape(), tensor.data()));
      }
    }
    encoder.load(own);
  }
}
