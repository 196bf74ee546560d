package io.bagpipe.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads NumPy's .npy files of little-endian float32 or float64 in C order, version 1. */
public final class Npy {
  private Npy() {}

  public static double[] doubles(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int header = 10 + bytes.getShort(8);
      String description = new String(bytes.array(), 10, header - 10, StandardCharsets.US_ASCII);
      boolean single = description.contains("'<f4'");
      if (description.contains("'fortran_order': True")
          || !(single || description.contains("'<f8'"))) {
        throw new IllegalArgumentException(file + ": " + description);
      }
      double[] values = new double[(bytes.capacity() - header) / (single ? 4 : 8)];
      bytes.position(header);
      for (int i = 0; i < values.length; i++) {
        values[i] = single ? bytes.getFloat() : bytes.getDouble();
      }
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last number of the array's shape. */
  public static int lastExtent(Path file) {
    try {
      String head = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      String shape = head.substring(head.indexOf('(') + 1, head.indexOf(')'));
      String[] extents = shape.split(",\\s*");
      return Integer.parseInt(extents[extents.length - 1]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static float[] floats(Path file) {
    double[] values = doubles(file);
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
