package io.bagpipe.model.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Plans where the gradients of activations lie. They live only from the readers of an activation to
 * its producer, so a few buffers serve the whole network, and they stay in the cache. The plan
 * follows the backward pass as Deeplearning4j walks it: last vertex first; of two gradients for one
 * result the second is added to the first, and the first's buffer goes on.
 */
final class GradientBuffers {
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

  private final GraphVertex[] vertices;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<Integer, Slot> pending = new HashMap<>();
  private final Map<Integer, Assignment> assignments = new HashMap<>();
  private final Map<Slot, INDArray> memory = new HashMap<>();
  private final Map<Integer, long[]> shapes;
  private final INDArray networkOutputGradient;

  /**
   * Makes the plan and takes the memory.
   *
   * @param order the graph's, forward
   * @param shapes of each vertex's result, by vertex index
   */
  GradientBuffers(
      GraphVertex[] vertices,
      int[] order,
      Map<Integer, long[]> shapes,
      INDArray networkOutputGradient) {
    this.vertices = vertices;
    this.shapes = shapes;
    this.networkOutputGradient = networkOutputGradient;
    for (int i = order.length - 1; i >= 0; i--) {
      if (vertices[order[i]] instanceof KernelVertex vertex) {
        plan(vertex);
      }
    }
    for (Slot slot : slots) {
      memory.put(slot, Nd4j.create(DataType.FLOAT, slot.size));
    }
  }

  private void plan(KernelVertex vertex) {
    Slot output =
        vertex.isOutputVertex()
            ? new Slot(true)
            : Bound.of(pending.remove(vertex.getVertexIndex()));
    output.pending--;
    List<@Nullable Slot> inputs = new ArrayList<>();
    VertexIndices[] sources = vertex.getInputVertices();
    for (int i = 0; i < sources.length; i++) {
      int source = sources[i].getVertexIndex();
      if (vertices[source].isInputVertex()) {
        inputs.add(null);
      } else {
        Slot slot = slot(vertex.kernel().inputGradient(i), output, inputs, elements(source));
        slot.pending++;
        inputs.add(slot);
      }
    }
    for (int i = 0; i < sources.length; i++) {
      Slot slot = inputs.get(i);
      if (slot != null) {
        send(slot, sources[i].getVertexIndex());
      }
    }
    assignments.put(vertex.getVertexIndex(), new Assignment(output, inputs));
  }

  private Slot slot(
      Kernel.InputGradient use, Slot output, List<@Nullable Slot> before, long elements) {
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
  private void send(Slot slot, int source) {
    Slot first = pending.putIfAbsent(source, slot);
    if (first != null) {
      if (first.foreign || first.pending > 1) {
        throw new IllegalStateException(
            vertices[source].getVertexName() + ": summing its gradients would spoil another's");
      }
      slot.pending--;
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

  private long elements(int vertex) {
    long elements = 1;
    for (long extent : Bound.of(shapes.get(vertex))) {
      elements *= extent;
    }
    return elements;
  }

  /** The gradient of a vertex's result, where the vertex will find it. */
  INDArray output(KernelVertex vertex) {
    int index = vertex.getVertexIndex();
    Slot slot = Bound.of(assignments.get(index)).output();
    return slot.foreign ? networkOutputGradient : view(slot, index);
  }

  /** Where a vertex puts the gradients of its inputs; null for the image. */
  @Nullable INDArray[] inputs(KernelVertex vertex) {
    List<@Nullable Slot> planned = Bound.of(assignments.get(vertex.getVertexIndex())).inputs();
    @Nullable INDArray[] views = new @Nullable INDArray[planned.size()];
    for (int i = 0; i < views.length; i++) {
      Slot slot = planned.get(i);
      int source = vertex.getInputVertices()[i].getVertexIndex();
      views[i] = slot == null ? null : slot.foreign ? networkOutputGradient : view(slot, source);
    }
    return views;
  }

  private INDArray view(Slot slot, int vertex) {
    long[] shape = Bound.of(shapes.get(vertex));
    return Bound.of(memory.get(slot))
        .get(NDArrayIndex.interval(0, elements(vertex)))
        .reshape(shape);
  }

  /** Gives the memory back. */
  void close() {
    memory.values().forEach(INDArray::close);
  }
}
