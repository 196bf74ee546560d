package io.bagpipe.model.network;

import io.bagpipe.model.random.Draw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An architecture as data: nodes in an order in which each comes after its inputs. The engines run
 * it and the exporters write it. Tensor names are torchvision's, so that a student's weights load
 * into torchvision's own model, the head aside. Takes images of any size that its strides leave
 * something of. Immutable.
 *
 * @param name the architecture, for people
 * @param nodes each once, after its inputs; the last is the output
 * @param featureNode the node whose [batch, 1, 1, d] result is the pooled feature, before the head
 */
public record NetworkSpec(String name, List<Node> nodes, String featureNode) {
  /** The name of the input images, [batch, size, size, 3]. */
  public static final String INPUT = "input";

  /** Channels of an image. */
  public static final int INPUT_CHANNELS = 3;

  private static final int ANY_SIZE = 224;

  public NetworkSpec {
    nodes = List.copyOf(nodes);
    new Shapes(nodes, ANY_SIZE).of(featureNode);
  }

  /** The node whose result is the embedding. */
  public Node outputNode() {
    return nodes.get(nodes.size() - 1);
  }

  /** Values of a pooled feature. */
  public int featureDimension() {
    return shapes(ANY_SIZE).of(featureNode).channels();
  }

  /** Values of an embedding. */
  public int embeddingDimension() {
    return shapes(ANY_SIZE).of(outputNode().name()).channels();
  }

  /**
   * This network up to its pooled features, then a linear layer to so many classes: as torchvision
   * has it, the classifier's name {@code fc}. The other tensors keep their names.
   */
  public NetworkSpec withClassifier(int classes) {
    List<Node> kept = new ArrayList<>(backbone());
    Operation.Linear linear = new Operation.Linear(featureDimension(), classes);
    kept.add(new Node("flatten", new Operation.Flatten(), List.of(featureNode)));
    kept.add(new Node("fc", linear, List.of("flatten")));
    return new NetworkSpec(name, kept, featureNode);
  }

  /** The nodes that the pooled features depend on, in the network's order. */
  public List<Node> backbone() {
    Set<String> needed = new HashSet<>(Set.of(featureNode));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (needed.contains(nodes.get(i).name())) {
        needed.addAll(nodes.get(i).inputs());
      }
    }
    return nodes.stream().filter(node -> needed.contains(node.name())).toList();
  }

  /** The activations of every node, and of {@link #INPUT}, for images of this size. */
  public Shapes shapes(int inputSize) {
    return new Shapes(nodes, inputSize);
  }

  /** All tensors of the state, running statistics among them, in PyTorch's order. */
  public List<Parameter> parameters() {
    return nodes.stream().flatMap(node -> node.parameters().stream()).toList();
  }

  /** Number of values the optimiser moves. */
  public long parameterCount() {
    return parameters().stream()
        .filter(parameter -> parameter.role().trained())
        .mapToLong(Parameter::size)
        .sum();
  }

  /** Fresh weights, drawn as torchvision draws them; the same seed gives the same bits. */
  public StateDict initialState(long seed) {
    StateDict state = new StateDict();
    long index = 0;
    for (Parameter parameter : parameters()) {
      float[] values = new float[parameter.size()];
      parameter.initialisation().fill(values, Draw.of(seed, index++, Draw.Purpose.WEIGHTS));
      state.put(new Tensor(parameter.name(), parameter.extents(), values));
    }
    return state;
  }

  /**
   * Checks that a state has every tensor of this network in its shape; more tensors do no harm.
   *
   * @throws IllegalArgumentException naming the first tensor that is missing or has another shape
   */
  public void check(StateDict state) {
    for (Parameter parameter : parameters()) {
      Tensor tensor = state.find(parameter.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            name + " needs " + parameter.name() + " " + parameter.shape() + ", which is missing");
      }
      if (!Arrays.equals(tensor.shape(), parameter.extents())) {
        throw new IllegalArgumentException(
            parameter.name()
                + ": shape "
                + Arrays.toString(tensor.shape())
                + ", but "
                + name
                + " needs "
                + parameter.shape());
      }
    }
  }
}
