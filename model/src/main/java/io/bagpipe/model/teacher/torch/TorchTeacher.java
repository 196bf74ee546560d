package io.bagpipe.model.teacher.torch;

import static org.bytedeco.pytorch.global.torch.set_num_threads;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.PixelInput;
import io.bagpipe.model.engine.torch.Precision;
import io.bagpipe.model.engine.torch.TorchDevice;
import io.bagpipe.model.engine.torch.TorchProcess;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.onnx.OnnxException;
import io.bagpipe.model.onnx.OnnxNetwork;
import io.bagpipe.model.teacher.ModelThread;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.UnitRows;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A teacher from an ONNX file, in libtorch's operations: input float32 [n, 3, side, side] in [0, 1]
 * or normalised, outputs features [n, f] and embedding [n, d], both L2-normalised here. Images are
 * run in chunks of one size, the last one padded with black, so that an image's bits do not depend
 * on its company; on a GPU a chunk is a whole call. Pixels go up as uint8.
 *
 * <p>Callers are confined to one thread at a time; whoever opens it closes it. What is native lives
 * on a thread of its own.
 */
final class TorchTeacher implements TeacherEncoder {
  private static final Logger log = LoggerFactory.getLogger(TorchTeacher.class);
  private static final int CHANNELS = 3;
  private static final String CURE =
      "lower teacher.batch or views.size, or set teacher.precision to bf16";

  private final TeacherSource source;
  private final TeacherOptions options;
  private final ModelThread thread;
  private final String embedding;
  private final Precision precision;
  private final TorchProcess claim;
  private final TorchDevice device;
  private final int side;
  private final int chunk;
  private final PixelInput input;
  private final TorchGraph graph;
  private final int featureDimension;
  private final int embeddingDimension;

  /**
   * Opens a teacher.
   *
   * @param device {@code cpu}, or {@code cuda} with a number
   * @param batch the most images in one call
   * @throws OnnxException that names the node that libtorch's engine cannot read
   * @throws TeacherException when it is not such a teacher
   */
  static TorchTeacher open(
      TeacherSource source,
      OnnxNetwork network,
      TeacherOptions options,
      Device device,
      Precision precision,
      int batch) {
    TeacherContract contract = TeacherContract.of(source, network, options);
    int open = device.kind() == Device.Kind.CUDA ? batch : options.chunk();
    int chunk = contract.batch() > 0 ? contract.batch() : open;
    TorchProcess claim = TorchProcess.claim(device, precision, "teacher");
    ModelThread thread = new ModelThread("teacher-torch");
    AtomicReference<@Nullable OnnxException> unread = new AtomicReference<>();
    try {
      return thread.open(
          "cannot load teacher " + source,
          () -> {
            try {
              set_num_threads(options.threads());
              return new TorchTeacher(
                  source,
                  network,
                  contract,
                  options,
                  new Surroundings(thread, claim, new TorchDevice(device, CURE), precision, chunk));
            } catch (OnnxException e) {
              unread.set(e);
              throw e;
            }
          },
          TorchTeacher::free);
    } catch (RuntimeException | Error e) {
      thread.close();
      claim.close();
      OnnxException why = unread.get();
      if (why != null) {
        throw why;
      }
      throw e;
    }
  }

  /** What a teacher runs in. */
  private record Surroundings(
      ModelThread thread, TorchProcess claim, TorchDevice device, Precision precision, int chunk) {}

  /** On the teacher's thread. */
  private TorchTeacher(
      TeacherSource source,
      OnnxNetwork network,
      TeacherContract contract,
      TeacherOptions options,
      Surroundings in) {
    this.source = source;
    this.options = options;
    this.thread = in.thread();
    this.claim = in.claim();
    this.device = in.device();
    this.precision = in.precision();
    this.embedding = contract.embedding();
    this.side = contract.side();
    this.chunk = in.chunk();
    PixelNormalizer pixels = new PixelNormalizer(options.mean(), options.std());
    this.input = device.scoped(() -> new PixelInput(side, chunk, pixels, device));
    try {
      this.graph = device.scoped(() -> compiled(network, contract.input()));
    } catch (RuntimeException | Error e) {
      input.close();
      device.close();
      throw e;
    }
    try {
      this.featureDimension = run(options.features(), blank()).length / chunk;
      this.embeddingDimension = run(embedding, blank()).length / chunk;
    } catch (RuntimeException | Error e) {
      free();
      throw e;
    }
    log.atInfo()
        .addKeyValue("teacher", source)
        .addKeyValue("sha256", source.sha256())
        .addKeyValue("engine", this)
        .addKeyValue("side", side)
        .addKeyValue("features", featureDimension)
        .addKeyValue("embedding", embeddingDimension)
        .addKeyValue(
            "embedding_is", embedding.equals(options.features()) ? "the features" : embedding)
        .addKeyValue("chunk", chunk)
        .addKeyValue("threads", options.threads())
        .log("teacher open");
  }

  @SuppressWarnings("try") // the guard works by being open
  private TorchGraph compiled(OnnxNetwork network, String name) {
    ScalarType product = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    try (InferenceMode guard = new InferenceMode(true);
        GraphCompiler compiler = new GraphCompiler(network, device, product)) {
      return compiler.compile(
          name,
          input.normalised(blank(), 0, chunk),
          Stream.of(options.features(), embedding).distinct().toList());
    }
  }

  private byte[] blank() {
    return new byte[Math.multiplyExact(chunk, imageBytes())];
  }

  /**
   * Runs a chunk: [chunk, dimension].
   *
   * @param pixels uint8 [chunk, side, side, 3]
   */
  @SuppressWarnings("try") // the guard works by being open
  private float[] run(String output, byte[] pixels) {
    return device.scoped(
        () -> {
          try (InferenceMode guard = new InferenceMode(true)) {
            Tensor images = input.normalised(pixels, 0, chunk);
            try (Tensor result = graph.run(output, images)) {
              if (result.dim() != 2 || result.size(0) != chunk || result.size(1) < 1) {
                throw TeacherContract.wrong(
                    source,
                    "output "
                        + output
                        + " of shape "
                        + Arrays.toString(Site.shape(result))
                        + " for "
                        + chunk
                        + " images",
                    "[" + chunk + ", dimension]");
              }
              float[] values = new float[Math.toIntExact(result.numel())];
              TorchDevice.read(result.to(ScalarType.Float), values, 0, values.length);
              return values;
            }
          }
        });
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

  @Override
  public UnitRows features(byte[] views, int count) {
    return ask(options.features(), views, count, featureDimension);
  }

  @Override
  public UnitRows embeddings(byte[] views, int count) {
    return ask(embedding, views, count, embeddingDimension);
  }

  private UnitRows ask(String output, byte[] views, int count, int dimension) {
    if (count < 0 || views.length != (long) count * imageBytes()) {
      throw new IllegalArgumentException(
          count
              + " images in views of "
              + views.length
              + " bytes; valid: "
              + imageBytes()
              + " bytes an image");
    }
    return thread.call(
        "teacher " + source + " failed", () -> encode(output, views, count, dimension));
  }

  private UnitRows encode(String output, byte[] views, int count, int dimension) {
    UnitRows rows = new UnitRows(output, count, dimension);
    for (int from = 0; from < count; from += chunk) {
      // the copy ends with zeros where there are no more images
      int start = from * imageBytes();
      float[] values = run(output, Arrays.copyOfRange(views, start, start + chunk * imageBytes()));
      for (int row = 0; row < Math.min(chunk, count - from); row++) {
        rows.take(from + row, values, row * dimension);
      }
    }
    return rows;
  }

  private int imageBytes() {
    return CHANNELS * side * side;
  }

  @Override
  public String toString() {
    return "torch, " + device.device() + ", " + precision.text();
  }

  /** On the teacher's thread. */
  private void free() {
    graph.close();
    input.close();
    device.close();
  }

  @Override
  public void close() {
    try {
      thread.call(
          "closing teacher " + source,
          () -> {
            free();
            return Boolean.TRUE;
          });
    } finally {
      thread.close();
      claim.close();
    }
  }
}
