package io.bagpipe.model.engine.graph;

import io.bagpipe.model.network.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where each trained parameter lies in the flat vectors of parameters, gradients and velocities:
 * node after node in the order of the plan, each at a whole cache line, in its kernel's layout.
 * Gaps hold zeros.
 */
final class FlatLayout {
  private static final long ALIGNMENT = 16;

  /** A parameter's place. */
  private record Place(StoredParameter stored, long from) {
    INDArray in(INDArray flat) {
      return HostArrays.part(flat, from, stored.size());
    }
  }

  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, List<Place>> byNode = new HashMap<>();
  private long length;

  FlatLayout(NetworkPlan plan, Map<String, KernelPlan> plans) {
    for (NetworkPlan.Planned planned : plan.nodes()) {
      List<Parameter> trained =
          planned.node().parameters().stream().filter(p -> p.role().trained()).toList();
      List<StoredParameter> stored = Objects.requireNonNull(plans.get(planned.name())).parameters();
      List<Place> own = new ArrayList<>();
      for (int i = 0; i < stored.size(); i++) {
        Place place = new Place(stored.get(i), length);
        own.add(place);
        places.put(trained.get(i).name(), place);
        length += (stored.get(i).size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
      byNode.put(planned.name(), own);
    }
  }

  /** Values of a flat vector, gaps included. */
  long length() {
    return length;
  }

  /** A node's parameters in a flat vector, views in the kernel's order and layout. */
  List<INDArray> views(String node, INDArray flat) {
    return byNode.getOrDefault(node, List.of()).stream().map(place -> place.in(flat)).toList();
  }

  /** A parameter's values as PyTorch lays them, a copy. */
  float[] read(Parameter parameter, INDArray flat) {
    Place place = place(parameter);
    return place.stored().plain(place.in(flat));
  }

  /** Writes a parameter's values, given as PyTorch lays them. */
  void write(Parameter parameter, float[] values, INDArray flat) {
    Place place = place(parameter);
    place.stored().store(values, place.in(flat));
  }

  private Place place(Parameter parameter) {
    Place place = places.get(parameter.name());
    if (place == null) {
      throw new IllegalArgumentException(parameter.name() + " is not trained");
    }
    return place;
  }
}
