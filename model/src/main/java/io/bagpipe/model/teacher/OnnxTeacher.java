package io.bagpipe.model.teacher;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.nativelib.OnnxRuntimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A teacher from an ONNX file, through ONNX Runtime on the CPU: input float32 [n, 3, side, side] in
 * [0, 1] or normalised, outputs features [n, f] and embedding [n, d], both L2-normalised here
 * (METHOD: "The teacher's two outputs"); of a file whose one output is the features, these are the
 * embedding too, and that is said. What the file says of its input in its metadata ({@link
 * TeacherCard}) must be what the options say. Names, ranks, types and dimensions are checked, and
 * one chunk is run, when it is opened, so that a wrong file stops the start. Images are run in
 * chunks of one size, the last one padded, so that an image's bits do not depend on its company.
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
  private final String embedding;
  private final TeacherCard card;
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
      OnnxContract contract = new OnnxContract(source, options, session);
      this.inputName = contract.inputName();
      long[] images = contract.inputShape(inputName);
      this.card = contract.card();
      this.side = contract.side(images);
      this.chunk = images[0] > 0 ? (int) images[0] : options.chunk();
      this.embedding = contract.embedding();
      contract.requireMatrix(options.features());
      contract.requireMatrix(embedding);
      this.pixels = options.pixels();
      int values = Math.multiplyExact(chunk, imageValues());
      this.planes = new float[values];
      this.input =
          ByteBuffer.allocateDirect(Math.multiplyExact(values, Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      this.featureDimension = runChunk(options.features()).length / chunk;
      this.embeddingDimension = runChunk(embedding).length / chunk;
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
        .addKeyValue(
            "embedding_is", embedding.equals(options.features()) ? "the features" : embedding)
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

  /** Names of all the file's outputs. */
  public Set<String> outputs() {
    return thread.call("teacher " + source + " failed", () -> Set.copyOf(session.getOutputNames()));
  }

  /** What the file says of itself. */
  public TeacherCard card() {
    return card;
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
    return ask(embedding, views, count, embeddingDimension);
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
        throw OnnxContract.wrong(
            source,
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
  public String toString() {
    return "onnxruntime, cpu, float32";
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
