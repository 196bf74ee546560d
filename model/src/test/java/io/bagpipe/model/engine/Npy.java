package io.bagpipe.model.engine;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

/** NumPy's files of arrays of float32, or of float64 as float32. */
public final class Npy {
  private static final Pattern HEADER =
      Pattern.compile("'descr': '<f([48])'.*'fortran_order': False.*'shape': \\(([0-9, ]*)\\)");

  private Npy() {}

  public static Tensor read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(file.getFileName().toString().replaceFirst("\\.npy$", ""), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static StateDict readAll(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return readAll(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static StateDict readAll(InputStream in) {
    StateDict state = new StateDict();
    try (ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        state.put(parse(entry.getName().replaceFirst("\\.npy$", ""), zip.readAllBytes()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return state;
  }

  private static Tensor parse(String name, byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    in.skipBytes(8);
    int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    String header = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      throw new IOException(name + ": not an array of floats in C order: " + header);
    }
    int[] shape =
        Arrays.stream(matcher.group(2).split(","))
            .map(String::trim)
            .filter(extent -> !extent.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    ByteBuffer data = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    boolean single = matcher.group(1).equals("4");
    float[] values = new float[data.remaining() / (single ? Float.BYTES : Double.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = single ? data.getFloat() : (float) data.getDouble();
    }
    return new Tensor(name, shape, values);
  }

  /** [n, c, h, w] as [n, h, w, c]. */
  public static float[] channelsLast(Tensor tensor) {
    int[] shape = tensor.shape();
    int channels = shape[1];
    int pixels = shape[2] * shape[3];
    float[] result = new float[tensor.data().length];
    for (int n = 0; n < shape[0]; n++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < pixels; p++) {
          result[(n * pixels + p) * channels + c] = tensor.data()[(n * channels + c) * pixels + p];
        }
      }
    }
    return result;
  }
}
