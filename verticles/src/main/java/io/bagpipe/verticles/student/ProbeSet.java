package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Probe;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What never changes of an era's whole set, and takes long to know again.
 *
 * @param wanted of each image the nearest others by the teacher's features; not copied
 * @param digest 8 hexadecimal digits of views, labels and features: another question has another
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier: compared by nobody
record ProbeSet(int[][] wanted, String digest) {
  private static final int DIGITS = 8;

  /** Of a set as it is read. */
  static String digest(List<Probe> set) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
    for (Probe probe : set) {
      String label = probe.label();
      byte[] name = label == null ? new byte[0] : label.getBytes(StandardCharsets.UTF_8);
      sha.update(bytes(label == null ? -1 : name.length, probe.view().length));
      sha.update(name);
      sha.update(probe.view());
      ByteBuffer features = ByteBuffer.allocate(Float.BYTES * probe.features().length);
      features.asFloatBuffer().put(probe.features());
      sha.update(bytes(probe.features().length));
      sha.update(features.array());
    }
    return HexFormat.of().formatHex(sha.digest()).substring(0, DIGITS);
  }

  private static byte[] bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }
}
