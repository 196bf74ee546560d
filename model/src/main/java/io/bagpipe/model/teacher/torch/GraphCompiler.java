package io.bagpipe.model.teacher.torch;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.TorchDevice;
import io.bagpipe.model.onnx.OnnxException;
import io.bagpipe.model.onnx.OnnxNetwork;
import io.bagpipe.model.onnx.OnnxNode;
import io.bagpipe.model.teacher.torch.Site.Affine;
import io.bagpipe.model.teacher.torch.Site.Input;
import io.bagpipe.model.teacher.torch.Site.Target;
import io.bagpipe.model.teacher.torch.TorchGraph.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Makes a graph of operations of an ONNX network, for input of one shape, by running it once. What
 * depends on no image is computed here, on the CPU as the file says it, and is a constant from
 * there on; batch norm after a convolution goes into its filters. Used once, on the teacher's
 * thread, in a scope.
 */
final class GraphCompiler implements AutoCloseable {
  /** What hands its input on, when nothing is trained. */
  private static final Set<String> NOTHING = Set.of("Identity", "Dropout");

  private static final String SHAPE = "Shape";
  private static final String SIZE = "Size";

  private final OnnxNetwork network;
  private final Target target;
  private final Target host;
  private final TorchDevice cpu = new TorchDevice(Device.CPU, "lower teacher.batch");
  private final Operators operators = new Operators();

  /** Of the operations. */
  private final Constants constants = new Constants();

  /** Of what is computed here and needed no longer. */
  private final Constants folded = new Constants();

  private final Map<String, Input> values = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private int slots = TorchGraph.INPUT + 1;
  private boolean handedOver;

  /**
   * @param product element type of convolutions and matrix products
   */
  GraphCompiler(OnnxNetwork network, TorchDevice device, ScalarType product) {
    this.network = network;
    this.target = new Target(device, product);
    this.host = new Target(cpu, ScalarType.Float);
  }

  /**
   * Compiles what two outputs need.
   *
   * @param sample stays the caller's
   * @throws OnnxException that names the node that cannot be read
   */
  TorchGraph compile(String input, Tensor sample, List<String> outputs) {
    List<OnnxNode> nodes = network.neededFor(outputs);
    for (OnnxNode node : nodes) {
      if (!known(node.type())) {
        throw new OnnxException(node + ": libtorch's engine does not know this operator");
      }
      node.inputs().forEach(name -> readers.merge(name, 1, Integer::sum));
    }
    outputs.forEach(name -> readers.merge(name, 1, Integer::sum));
    values.put(input, new Input(sample, TorchGraph.INPUT));
    for (int i = 0; i < nodes.size(); i++) {
      OnnxNode node = nodes.get(i);
      if (!values.containsKey(node.outputs().get(0))) {
        compile(node, next(nodes, node));
      }
      node.inputs().forEach(this::read);
    }
    Map<String, Integer> places = new LinkedHashMap<>();
    for (String output : outputs) {
      Input value = value(output);
      if (value.constant() || value.place() == TorchGraph.INPUT) {
        throw new OnnxException("output " + output + " does not depend on the images");
      }
      places.put(output, value.place());
      read(output);
    }
    handedOver = true;
    return new TorchGraph(steps, places, slots, constants);
  }

  private boolean known(String type) {
    return NOTHING.contains(type)
        || type.equals(SHAPE)
        || type.equals(SIZE)
        || operators.maker(type).isPresent();
  }

  /** Whoever was the last to read a value of the pass frees it. */
  private void read(String name) {
    Input value = values.get(name);
    boolean last = readers.merge(name, -1, Integer::sum) == 0;
    if (last && value != null && value.place() > TorchGraph.INPUT) {
      boolean elsewhere =
          values.entrySet().stream()
              .anyMatch(
                  other ->
                      other.getValue().place() == value.place()
                          && readers.getOrDefault(other.getKey(), 0) > 0);
      if (!elsewhere) {
        value.tensor().close();
      }
    }
  }

  private Input value(String name) {
    return values.computeIfAbsent(
        name,
        missing ->
            new Input(folded.hold(Constants.view(network.constant(missing).orElseThrow())), -1));
  }

  private void compile(OnnxNode node, @Nullable OnnxNode next) {
    List<@Nullable Input> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : value(name));
    }
    if (NOTHING.contains(node.type())) {
      values.put(node.outputs().get(0), Objects.requireNonNull(inputs.get(0)));
      return;
    }
    boolean constant = inputs.stream().allMatch(input -> input == null || input.constant());
    for (int result = 0; result < node.outputs().size(); result++) {
      String name = node.outputs().get(result);
      if (name.isEmpty() || !readers.containsKey(name)) {
        continue;
      }
      if (constant || node.type().equals(SHAPE) || node.type().equals(SIZE)) {
        values.put(name, folded(node, result, inputs));
      } else {
        step(node, result, inputs, next);
      }
    }
  }

  private Input folded(OnnxNode node, int result, List<@Nullable Input> inputs) {
    Site site = new Site(node, network.opset(), result, inputs, host, folded);
    Tensor value =
        Step.kept(
            node,
            () ->
                switch (node.type()) {
                  case SHAPE -> ShapeOperators.shape(site);
                  case SIZE -> ShapeOperators.size(site);
                  default -> operation(site).apply(new Tensor[0]);
                });
    folded.hold(value);
    value.close(); // of the two that kept it, one is enough
    return new Input(value, -1);
  }

  private Operation operation(Site site) {
    return operators.maker(site.node().type()).orElseThrow().at(site);
  }

  private void step(
      OnnxNode node, int result, List<@Nullable Input> inputs, @Nullable OnnxNode next) {
    List<@Nullable Input> placed = new ArrayList<>();
    List<Input> computed = new ArrayList<>();
    for (Input input : inputs) {
      if (input == null || input.constant()) {
        placed.add(input);
      } else {
        placed.add(new Input(input.tensor(), computed.size()));
        computed.add(input);
      }
    }
    Site site = new Site(node, network.opset(), result, placed, target, constants);
    Affine affine = next == null ? null : affine(next);
    if (affine != null) {
      site.follow(affine);
    }
    Operation[] made = new Operation[1];
    Tensor[] given = computed.stream().map(Input::tensor).toArray(Tensor[]::new);
    Tensor value =
        Step.kept(
            node,
            () -> {
              made[0] = operation(site);
              return made[0].apply(given);
            });
    int slot = slots++;
    int[] arguments = computed.stream().mapToInt(Input::place).toArray();
    steps.add(new Step(node, made[0], arguments, slot));
    values.put(node.outputs().get(result), new Input(value, slot));
    if (affine != null) {
      values.put(Objects.requireNonNull(next).outputs().get(0), new Input(value, slot));
    }
  }

  /** The batch norm that alone reads a convolution. */
  private @Nullable OnnxNode next(List<OnnxNode> nodes, OnnxNode node) {
    String output = node.outputs().get(0);
    if (!node.type().equals("Conv") || readers.getOrDefault(output, 0) != 1) {
      return null;
    }
    return nodes.stream()
        .filter(n -> n.type().equals("BatchNormalization") && n.inputs().get(0).equals(output))
        .filter(n -> n.integer("training_mode", 0) == 0)
        .filter(n -> n.inputs().stream().skip(1).allMatch(p -> network.constant(p).isPresent()))
        .findFirst()
        .orElse(null);
  }

  private Affine affine(OnnxNode norm) {
    List<@Nullable Input> inputs = new ArrayList<>();
    norm.inputs().forEach(name -> inputs.add(inputs.isEmpty() ? null : value(name)));
    return ImageOperators.affine(new Site(norm, network.opset(), 0, inputs, host, folded));
  }

  /** Frees what the graph does not own; all of it, if there is no graph. */
  @Override
  public void close() {
    folded.close();
    cpu.close();
    if (!handedOver) {
      values.values().stream()
          .filter(value -> value.place() > TorchGraph.INPUT)
          .map(Input::tensor)
          .distinct()
          .filter(tensor -> !tensor.isNull())
          .forEach(Tensor::close);
      constants.close();
    }
  }
}
