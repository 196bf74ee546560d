package io.bagpipe.model.export;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Golden arrays: float32 or float64 in C order. */
final class NumpyFile {
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

  private NumpyFile() {}

  static Tensor npy(Path file) throws IOException {
    return parse(file.getFileName().toString(), Files.readAllBytes(file));
  }

  static StateDict npz(Path file) throws IOException {
    StateDict state = new StateDict();
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] bytes = zip.readAllBytes();
        if (!entry.getName().contains("num_batches_tracked")) {
          state.put(parse(entry.getName().replaceFirst("\\.npy$", ""), bytes));
        }
      }
    }
    return state;
  }

  private static Tensor parse(String name, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = buffer.getShort(8);
    String text = new String(bytes, 10, header, StandardCharsets.US_ASCII);
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.find() || text.contains("True")) {
      throw new IllegalArgumentException(name + ": " + text);
    }
    int[] shape =
        Arrays.stream(matcher.group(1).split(","))
            .map(String::strip)
            .filter(extent -> !extent.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    buffer.position(10 + header);
    ElementType type = text.contains("<f8") ? ElementType.F64 : ElementType.F32;
    float[] values = new float[buffer.remaining() / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(buffer);
    }
    return new Tensor(name, shape, values);
  }
}
