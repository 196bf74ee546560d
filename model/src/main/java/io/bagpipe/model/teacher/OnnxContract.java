package io.bagpipe.model.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a session must be to serve as a teacher, found out on the session's thread. */
record OnnxContract(TeacherSource source, TeacherOptions options, OrtSession session) {
  private static final int CHANNELS = 3;

  String inputName() throws OrtException {
    Set<String> names = session.getInputNames();
    String wanted = options.input();
    if (names.size() != 1 || !(wanted.isEmpty() || names.contains(wanted))) {
      throw wrong(
          "inputs " + new TreeSet<>(names), wanted.isEmpty() ? "only one" : "one, " + wanted);
    }
    return names.iterator().next();
  }

  /** [n, 3, side, side]; 0 and less where the file leaves an extent open. */
  long[] inputShape(String inputName) throws OrtException {
    long[] shape = floatTensor("input", inputName, session.getInputInfo()).getShape();
    if (shape.length != 4
        || shape[1] != CHANNELS
        || (shape[2] > 0 && shape[3] > 0 && shape[2] != shape[3])) {
      throw wrong(
          "input " + inputName + " of shape " + Arrays.toString(shape),
          "[n, 3, side, side], colours before rows");
    }
    return shape;
  }

  int side(long[] shape) {
    long found = Math.max(shape[2], shape[3]);
    if (found < 1 && options.side() < 1) {
      throw wrong(
          "an input of any size", "a file that says its size, or the size in the configuration");
    }
    if (found > 0 && options.side() > 0 && found != options.side()) {
      throw wrong("an input of side " + found, "side " + options.side() + " as configured");
    }
    return found > 0 ? (int) found : options.side();
  }

  /** What the file says of itself, which the options must not contradict. */
  TeacherCard card() throws OrtException {
    TeacherCard card;
    try {
      card = TeacherCard.of(session.getMetadata().getCustomMetadata());
    } catch (IllegalArgumentException e) {
      throw new TeacherException("teacher " + source + ": " + e.getMessage(), e);
    }
    card.check(source, options);
    return card;
  }

  /** The output that is the embedding: the one that is named, or the only one there is. */
  String embedding() throws OrtException {
    Set<String> outputs = session.getOutputInfo().keySet();
    boolean single = outputs.size() == 1 && outputs.contains(options.features());
    return single && options.embedding().equals(TeacherOptions.EMBEDDING)
        ? options.features()
        : options.embedding();
  }

  void requireMatrix(String name) throws OrtException {
    Map<String, NodeInfo> outputs = session.getOutputInfo();
    if (!outputs.containsKey(name)) {
      throw wrong(
          "outputs " + new TreeSet<>(outputs.keySet()),
          options.features() + " and " + options.embedding());
    }
    long[] shape = floatTensor("output", name, outputs).getShape();
    if (shape.length != 2) {
      throw wrong(
          "output " + name + " of shape " + Arrays.toString(shape), "[n, dimension], pooled");
    }
  }

  private TensorInfo floatTensor(String kind, String name, Map<String, NodeInfo> nodes) {
    NodeInfo node = nodes.get(name);
    if (node == null || !(node.getInfo() instanceof TensorInfo info)) {
      throw wrong(kind + " " + name + " that is no tensor", "a float32 tensor");
    }
    if (info.type != OnnxJavaType.FLOAT) {
      throw wrong(kind + " " + name + " of " + info.type, "float32");
    }
    return info;
  }

  private TeacherException wrong(String found, String needed) {
    return wrong(source, found, needed);
  }

  static TeacherException wrong(TeacherSource source, String found, String needed) {
    return new TeacherException("teacher " + source + " has " + found + "; needed: " + needed);
  }
}
