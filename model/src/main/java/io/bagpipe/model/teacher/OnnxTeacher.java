package io.bagpipe.model.teacher;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.nativelib.OnnxRuntimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A teacher from an ONNX file, through ONNX Runtime on the CPU: input float32 [n, 3, side, side] in
 * [0, 1] or normalised, outputs features [n, f] and embedding [n, d], both L2-normalised here
 * (METHOD: "The teacher's two outputs"). Names, ranks, types and dimensions are checked, and one
 * chunk is run, when it is opened, so that a wrong file stops the start. Images are run in chunks
 * of one size, the last one padded, so that an image's bits do not depend on its company.
 *
 * <p>Callers are confined to one thread at a time; whoever opens it closes it. The session lives on
 * a thread of its own. The runtime's threads do not spin while idle: the cores are shared.
 */
public final class OnnxTeacher implements TeacherEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxTeacher.class);
  private static final int CHANNELS = 3;

  private final TeacherSource source;
  private final TeacherOptions options;
  private final ModelThread thread;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String inputName;
  private final int chunk;
  private final int side;
  private final int featureDimension;
  private final int embeddingDimension;
  private final PixelNormalizer pixels;
  private final float[] planes;
  private final FloatBuffer input;

  /**
   * Opens a teacher.
   *
   * @throws TeacherException when the file cannot be loaded or is not such a teacher
   */
  public static OnnxTeacher open(TeacherSource source, TeacherOptions options) {
    ModelThread thread = new ModelThread("teacher-session");
    try {
      return thread.open(
          "cannot load teacher " + source,
          () -> new OnnxTeacher(source, options, thread),
          OnnxTeacher::closeSession);
    } catch (RuntimeException e) {
      thread.close();
      throw e;
    }
  }

  /** Runs on the session's thread. */
  private OnnxTeacher(TeacherSource source, TeacherOptions options, ModelThread thread)
      throws OrtException {
    this.source = source;
    this.options = options;
    this.thread = thread;
    this.environment = OnnxRuntimes.environment();
    this.session = createSession();
    boolean usable = false;
    try {
      this.inputName = inputName();
      TensorInfo images = inputInfo();
      this.side = side(images.getShape());
      this.chunk = images.getShape()[0] > 0 ? (int) images.getShape()[0] : options.chunk();
      requireMatrix(options.features());
      requireMatrix(options.embedding());
      this.pixels = options.pixels();
      int values = Math.multiplyExact(chunk, imageValues());
      this.planes = new float[values];
      this.input =
          ByteBuffer.allocateDirect(Math.multiplyExact(values, Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      this.featureDimension = runChunk(options.features()).length / chunk;
      this.embeddingDimension = runChunk(options.embedding()).length / chunk;
      usable = true;
    } finally {
      if (!usable) {
        session.close();
      }
    }
    LOG.atInfo()
        .addKeyValue("teacher", source)
        .addKeyValue("sha256", source.sha256())
        .addKeyValue("side", side)
        .addKeyValue("features", featureDimension)
        .addKeyValue("embedding", embeddingDimension)
        .addKeyValue("threads", options.threads())
        .log("teacher open");
  }

  private OrtSession createSession() throws OrtException {
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.threads());
      settings.setInterOpNumThreads(1);
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      settings.addConfigEntry("session.inter_op.allow_spinning", "0");
      Path file = source.file();
      // by path where there is one: external data lies beside the file
      return file != null
          ? environment.createSession(file.toString(), settings)
          : environment.createSession(source.bytes(), settings);
    }
  }

  private String inputName() throws OrtException {
    Set<String> names = session.getInputNames();
    String wanted = options.input();
    if (names.size() != 1 || !(wanted.isEmpty() || names.contains(wanted))) {
      throw wrong(
          "inputs " + new TreeSet<>(names), wanted.isEmpty() ? "only one" : "one, " + wanted);
    }
    return names.iterator().next();
  }

  private TensorInfo inputInfo() throws OrtException {
    TensorInfo info = floatTensor("input", inputName, session.getInputInfo());
    long[] shape = info.getShape();
    if (shape.length != 4
        || shape[1] != CHANNELS
        || (shape[2] > 0 && shape[3] > 0 && shape[2] != shape[3])) {
      throw wrong(
          "input " + inputName + " of shape " + Arrays.toString(shape),
          "[n, 3, side, side], colours before rows");
    }
    return info;
  }

  private int side(long[] shape) {
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

  private void requireMatrix(String name) throws OrtException {
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
    return new TeacherException("teacher " + source + " has " + found + "; needed: " + needed);
  }

  @Override
  public int inputSize() {
    return side;
  }

  @Override
  public int featureDimension() {
    return featureDimension;
  }

  @Override
  public int embeddingDimension() {
    return embeddingDimension;
  }

  /** Where the teacher came from, with its digest. */
  public TeacherSource source() {
    return source;
  }

  @Override
  public UnitRows features(byte[] views, int count) {
    return ask(options.features(), views, count, featureDimension);
  }

  @Override
  public UnitRows embeddings(byte[] views, int count) {
    return ask(options.embedding(), views, count, embeddingDimension);
  }

  private UnitRows ask(String output, byte[] views, int count, int dimension) {
    if (count < 0 || views.length != (long) count * imageValues()) {
      throw new IllegalArgumentException(
          count
              + " images in views of "
              + views.length
              + " bytes; valid: "
              + imageValues()
              + " bytes an image");
    }
    return thread.call(
        "teacher " + source + " failed", () -> encode(output, views, count, dimension));
  }

  private UnitRows encode(String output, byte[] views, int count, int dimension)
      throws OrtException {
    UnitRows rows = new UnitRows(output, count, dimension);
    for (int from = 0; from < count; from += chunk) {
      int taken = Math.min(chunk, count - from);
      load(views, from, taken);
      float[] values = runChunk(output);
      for (int row = 0; row < taken; row++) {
        rows.take(from + row, values, row * dimension);
      }
    }
    return rows;
  }

  /** Pixels to planes, and nothing but zeros behind the last image. */
  private void load(byte[] views, int from, int taken) {
    for (int image = 0; image < taken; image++) {
      pixels.toPlanes(
          views, (from + image) * imageValues(), imageValues(), planes, image * imageValues());
    }
    Arrays.fill(planes, taken * imageValues(), planes.length, 0);
    input.clear();
    input.put(planes);
    input.clear();
  }

  /** Runs what lies in the input buffer: [chunk, dimension]. */
  private float[] runChunk(String output) throws OrtException {
    long[] shape = {chunk, CHANNELS, side, side};
    try (OnnxTensor images = OnnxTensor.createTensor(environment, input, shape);
        OrtSession.Result result = session.run(Map.of(inputName, images), Set.of(output))) {
      OnnxTensor tensor = (OnnxTensor) result.get(0);
      long[] found = tensor.getInfo().getShape();
      if (found.length != 2 || found[0] != chunk || found[1] < 1) {
        throw wrong(
            "output "
                + output
                + " of shape "
                + Arrays.toString(found)
                + " for "
                + chunk
                + " images",
            "[" + chunk + ", dimension]");
      }
      FloatBuffer values = tensor.getFloatBuffer();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return copy;
    }
  }

  private int imageValues() {
    return CHANNELS * side * side;
  }

  @Override
  public void close() {
    try {
      thread.call(
          "closing teacher " + source,
          () -> {
            session.close();
            return Boolean.TRUE;
          });
    } finally {
      thread.close();
    }
  }

  /** On the session's thread. */
  private void closeSession() {
    try {
      session.close();
    } catch (OrtException e) {
      LOG.warn("teacher {} did not close: {}", source, e.toString());
    }
  }
}
