package io.bagpipe.model.teacher.torch;

import io.bagpipe.model.onnx.OnnxNetwork;
import io.bagpipe.model.onnx.OnnxNetwork.Value;
import io.bagpipe.model.teacher.TeacherCard;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.util.Arrays;
import java.util.List;

/**
 * What a file says of its input and outputs, checked: names, element types, extents, and that the
 * options do not contradict its metadata.
 *
 * @param input its name
 * @param embedding name of the output that is the embedding: the one that is named, or the only one
 * @param side of the images, pixels
 * @param batch images of every pass; 0: any number
 */
record TeacherContract(String input, String embedding, int side, int batch) {
  private static final int CHANNELS = 3;

  /**
   * @throws TeacherException in one line, if the file is no such teacher
   */
  static TeacherContract of(TeacherSource source, OnnxNetwork network, TeacherOptions options) {
    List<Value> inputs = network.inputs();
    if (inputs.size() != 1
        || !(options.input().isEmpty() || options.input().equals(inputs.get(0).name()))) {
      throw wrong(
          source,
          "inputs " + inputs.stream().map(Value::name).sorted().toList(),
          options.input().isEmpty() ? "only one" : "one, " + options.input());
    }
    Value input = inputs.get(0);
    long[] shape = input.shape();
    if (input.type() != Value.FLOAT
        || shape.length != 4
        || shape[1] != CHANNELS
        || (shape[2] > 0 && shape[3] > 0 && shape[2] != shape[3])) {
      throw wrong(
          source,
          "input " + input.name() + " of type " + input.type() + " and " + Arrays.toString(shape),
          "float32 (1) [n, 3, side, side], colours before rows");
    }
    int side = side(source, shape, options.side());
    checkCard(source, network, options);
    return new TeacherContract(
        input.name(), embedding(source, network, options), side, (int) Math.max(0, shape[0]));
  }

  private static void checkCard(TeacherSource source, OnnxNetwork network, TeacherOptions options) {
    TeacherCard card;
    try {
      card = TeacherCard.of(network.metadata());
    } catch (IllegalArgumentException e) {
      throw new TeacherException("teacher " + source + ": " + e.getMessage(), e);
    }
    card.check(source, options);
  }

  private static String embedding(
      TeacherSource source, OnnxNetwork network, TeacherOptions options) {
    List<String> outputs = network.outputs().stream().map(Value::name).sorted().toList();
    boolean single = outputs.equals(List.of(options.features()));
    String embedding =
        single && options.embedding().equals(TeacherOptions.EMBEDDING)
            ? options.features()
            : options.embedding();
    if (!outputs.containsAll(List.of(options.features(), embedding))) {
      throw wrong(source, "outputs " + outputs, options.features() + " and " + options.embedding());
    }
    return embedding;
  }

  private static int side(TeacherSource source, long[] shape, int configured) {
    long found = Math.max(shape[2], shape[3]);
    if (found < 1 && configured < 1) {
      throw wrong(
          source,
          "an input of any size",
          "a file that says its size, or the size in the configuration");
    }
    if (found > 0 && configured > 0 && found != configured) {
      throw wrong(source, "an input of side " + found, "side " + configured + " as configured");
    }
    return found > 0 ? (int) found : configured;
  }

  static TeacherException wrong(TeacherSource source, String found, String needed) {
    return new TeacherException("teacher " + source + " has " + found + "; needed: " + needed);
  }
}
