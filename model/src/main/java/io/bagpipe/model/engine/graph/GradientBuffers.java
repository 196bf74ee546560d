package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.graph.BackwardOrder.Sent;
import io.bagpipe.model.engine.graph.BackwardOrder.Visit;
import io.bagpipe.model.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Plans where the gradients of activations lie, and owns that memory. They live only from the
 * readers of an activation to its producer, so a few buffers serve the whole network, and they stay
 * in the cache. The plan follows the {@link BackwardOrder}: of several gradients for one result one
 * array goes on, and the others are added to it at some time before the producer's turn.
 */
final class GradientBuffers implements AutoCloseable {
  /** A piece of memory, and how many pending gradients lie in it. */
  private static final class Slot {
    private final boolean foreign;
    private long size;
    private int pending;

    Slot(boolean foreign) {
      this.foreign = foreign;
    }
  }

  /** What one vertex reads and writes in the backward pass. */
  private record Assignment(Slot output, List<@Nullable Slot> inputs) {}

  /**
   * What the plan is made for.
   *
   * @param plans of the kernels, by vertex
   * @param extents of each vertex's result
   * @param outputGradient of the network's output; stays its maker's
   */
  record Network(
      NetworkPlan plan,
      Map<String, KernelPlan> plans,
      Map<String, long[]> extents,
      INDArray outputGradient) {}

  private final Network network;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<String, List<Slot>> arrived = new HashMap<>();
  private final Map<Sent, Slot> sent = new HashMap<>();
  private final Map<String, Assignment> assignments = new HashMap<>();
  private final Map<Slot, INDArray> memory = new HashMap<>();

  /**
   * Makes the plan and takes the memory.
   *
   * @param order in which the vertices have their turns
   */
  GradientBuffers(Network network, List<Visit> order) {
    this.network = network;
    Map<String, Sent> survivors = new HashMap<>();
    for (Visit visit : order) {
      if (visit.received() != null) {
        survivors.put(visit.vertex(), visit.received());
      }
    }
    order.forEach(visit -> plan(visit, survivors));
    for (Slot slot : slots) {
      memory.put(slot, Nd4j.create(DataType.FLOAT, slot.size));
    }
  }

  private void plan(Visit visit, Map<String, Sent> survivors) {
    Slot output = output(visit);
    List<String> sources = network.plan().node(visit.vertex()).inputs();
    List<@Nullable Slot> inputs = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      String source = sources.get(i);
      if (source.equals(NetworkSpec.INPUT)) {
        inputs.add(null);
      } else {
        KernelPlan.InputGradient use = plan(visit.vertex()).inputGradient(i);
        Slot slot = slot(use, output, inputs, elements(source));
        slot.pending++;
        inputs.add(slot);
        sent.put(new Sent(visit.vertex(), i), slot);
      }
    }
    for (int i = 0; i < sources.size(); i++) {
      Slot slot = inputs.get(i);
      if (slot != null) {
        send(slot, sources.get(i), survivors);
      }
    }
    assignments.put(visit.vertex(), new Assignment(output, inputs));
  }

  /** Where a vertex finds its result's gradient; what was added to it is free from now on. */
  private Slot output(Visit visit) {
    if (visit.received() == null) {
      return new Slot(true);
    }
    arrived.getOrDefault(visit.vertex(), List.of()).forEach(slot -> slot.pending--);
    return get(sent, visit.received());
  }

  private Slot slot(
      KernelPlan.InputGradient use, Slot output, List<@Nullable Slot> before, long elements) {
    return switch (use) {
      case SAME -> output;
      case FRESH -> freeSlot(elements, output);
      case IN_PLACE -> {
        Slot first = before.isEmpty() ? null : before.get(0);
        if (first != null) { // one gradient for all inputs
          yield first;
        }
        yield output.foreign || output.pending > 0 ? freeSlot(elements, output) : output;
      }
    };
  }

  /** A gradient in this slot reaches the vertex that made the result: the first, or one more. */
  private void send(Slot slot, String source, Map<String, Sent> survivors) {
    List<Slot> before = arrived.computeIfAbsent(source, name -> new ArrayList<>());
    before.add(slot);
    if (before.size() > 1) {
      Slot sum = sent.get(survivors.get(source));
      if (sum == null || sum.foreign || sum.pending > 1) {
        throw new IllegalStateException(source + ": summing its gradients would spoil another's");
      }
    }
  }

  /** The free slot that grows least; never the one that is being read. */
  private Slot freeSlot(long elements, Slot reading) {
    Slot slot =
        slots.stream()
            .filter(free -> free.pending == 0 && free != reading)
            .min(Comparator.comparingLong(free -> Math.abs(free.size - elements)))
            .orElse(null);
    if (slot == null) {
      slot = new Slot(false);
      slots.add(slot);
    }
    slot.size = Math.max(slot.size, elements);
    return slot;
  }

  private KernelPlan plan(String vertex) {
    return get(network.plans(), vertex);
  }

  private long elements(String vertex) {
    long elements = 1;
    for (long extent : get(network.extents(), vertex)) {
      elements *= extent;
    }
    return elements;
  }

  /** The gradient of a vertex's result, where the vertex will find it. */
  INDArray output(String vertex) {
    return array(get(assignments, vertex).output(), vertex);
  }

  /** Where a vertex puts the gradients of its inputs; null for the image. */
  @Nullable INDArray[] inputs(String vertex) {
    List<@Nullable Slot> planned = get(assignments, vertex).inputs();
    List<String> sources = network.plan().node(vertex).inputs();
    @Nullable INDArray[] arrays = new @Nullable INDArray[planned.size()];
    for (int i = 0; i < arrays.length; i++) {
      Slot slot = planned.get(i);
      arrays[i] = slot == null ? null : array(slot, sources.get(i));
    }
    return arrays;
  }

  private INDArray array(Slot slot, String vertex) {
    return slot.foreign
        ? network.outputGradient()
        : HostArrays.part(get(memory, slot), 0, elements(vertex))
            .reshape(get(network.extents(), vertex));
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("nothing was planned for " + key);
    }
    return value;
  }

  @Override
  public void close() {
    memory.values().forEach(INDArray::close);
  }
}
