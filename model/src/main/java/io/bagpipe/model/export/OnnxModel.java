package io.bagpipe.model.export;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.teacher.TeacherCard;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as an ONNX file with a teacher's contract: an imported teacher, or a student, so that
 * it can be the next teacher. Input {@value #PIXELS} [n, 3, size, size] float32 in [0, 1] with the
 * normalisation inside, output {@value #FEATURES} [n, d] (pooled, before the head) and, with the
 * head, {@value #EMBEDDING} [n, e]; neither of unit length. Any batch; preprocessing and provenance
 * are in the model's metadata. Initialisers keep torchvision's names. Confined to one thread.
 */
public final class OnnxModel {
  /** Name of the input. */
  public static final String PIXELS = "pixels";

  /** Name of the first output. */
  public static final String FEATURES = "features";

  /** Name of the second output. */
  public static final String EMBEDDING = "embedding";

  /** The operators' version: the first with what batch norm and hard swish need is 15. */
  private static final int OPSET = 17;

  /** The file format's version that goes with the opset. */
  private static final int IR_VERSION = 8;

  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private final Weights network;
  private final NetworkSpec spec;
  private final boolean head;
  private final OnnxGraph graph = new OnnxGraph();
  private final Map<String, String> values = new HashMap<>();

  /**
   * What is written.
   *
   * @param state complete for {@code spec}
   * @param properties what the file says about itself, beside the preprocessing
   */
  public record Weights(
      NetworkSpec spec,
      StateDict state,
      Preprocessing preprocessing,
      Map<String, String> properties) {}

  private OnnxModel(Weights network, boolean head) {
    this.network = network;
    this.spec = network.spec();
    this.head = head;
  }

  /**
   * Writes a student.
   *
   * @param head whether the projection head goes along
   * @throws IllegalArgumentException if the file would be larger than protobuf can hold
   */
  public static void write(Student student, boolean head, OutputStream out) throws IOException {
    write(
        new Weights(student.spec(), student.state(), student.preprocessing(), student.properties()),
        head,
        out);
  }

  /** Writes any network, as {@link #write(Student, boolean, OutputStream)}. */
  public static void write(Weights network, boolean head, OutputStream out) throws IOException {
    ProtoMessage model = new OnnxModel(network, head).build();
    if (model.size() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "ONNX files end at 2 GiB, and this network takes " + model.size() + " bytes");
    }
    model.writeTo(out);
  }

  private ProtoMessage build() {
    int size = network.preprocessing().size();
    spec.shapes(size);
    graph.input(PIXELS, NetworkSpec.INPUT_CHANNELS, size, size);
    normalise();
    for (Node node : head ? spec.nodes() : Backbone.nodes(spec)) {
      add(node);
    }
    graph.output(FEATURES, spec.featureDimension());
    if (head) {
      graph.output(EMBEDDING, spec.embeddingDimension());
    }
    ProtoMessage model =
        new ProtoMessage()
            .integer(1, IR_VERSION)
            .string(2, "bagpipe")
            .message(7, graph.build(spec.name()))
            .message(8, new ProtoMessage().string(1, "").integer(2, OPSET));
    Map<String, String> properties = new LinkedHashMap<>(network.preprocessing().properties());
    properties.put(TeacherCard.NORMALISED_BY, TeacherCard.NormalisedBy.MODEL.word());
    properties.putAll(network.properties());
    properties.forEach(
        (key, value) -> model.message(14, new ProtoMessage().string(1, key).string(2, value)));
    return model;
  }

  private void normalise() {
    int[] shape = {1, NetworkSpec.INPUT_CHANNELS, 1, 1};
    Preprocessing preprocessing = network.preprocessing();
    String mean = graph.initialiser(new Tensor("image.mean", shape, preprocessing.mean()));
    String std = graph.initialiser(new Tensor("image.std", shape, preprocessing.deviation()));
    graph.node("Sub", "centred", List.of(PIXELS, mean));
    graph.node("Div", "normalised", List.of("centred", std));
    values.put(NetworkSpec.INPUT, "normalised");
  }

  private void add(Node node) {
    List<String> inputs = node.inputs().stream().map(this::value).toList();
    if (node.operation() instanceof Operation.Flatten
        && node.inputs().get(0).equals(spec.featureNode())) {
      values.put(node.name(), FEATURES);
      return;
    }
    String result = head && node.equals(spec.outputNode()) ? EMBEDDING : node.name();
    StateDict state = network.state();
    List<String> parameters =
        node.parameters().stream()
            .map(Parameter::name)
            .map(state::get)
            .map(graph::initialiser)
            .toList();
    graph.operation(node.operation(), result, inputs, parameters);
    values.put(node.name(), result);
    if (node.name().equals(spec.featureNode())) {
      graph.node("Flatten", FEATURES, List.of(result));
    }
  }

  private String value(String node) {
    String value = values.get(node);
    if (value == null) {
      throw new IllegalArgumentException("no node named " + node + " before its use");
    }
    return value;
  }
}
