package io.bagpipe.model.network;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors by torchvision's names, in the network's order: parameters and running statistics. */
public final class StateDict {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  public void put(Tensor tensor) {
    if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
      throw new IllegalArgumentException("two tensors named " + tensor.name());
    }
  }

  public @Nullable Tensor find(String name) {
    return tensors.get(name);
  }

  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor named " + name);
    }
    return tensor;
  }

  public Collection<Tensor> tensors() {
    return tensors.values();
  }
}
