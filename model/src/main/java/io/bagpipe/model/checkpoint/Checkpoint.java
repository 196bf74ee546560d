package io.bagpipe.model.checkpoint;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Everything that a run goes on from, one atomic unit: what its parts remember, and where its input
 * stood. Offsets in here are the truth; commits to the broker only report progress.
 *
 * @param info what it says of itself
 * @param components what the run's parts remember, {@link Components#MODEL} among them
 */
public record Checkpoint(CheckpointInfo info, Components components) {
  /** The version of the format that {@link CheckpointFile} writes. */
  public static final int FORMAT_VERSION = 2;

  private static final String OBJECTIVE = "objective";
  private static final int DIGEST_VALUES = 1 << 16;

  public Checkpoint {
    Component trainer = components.find(Components.TRAINER);
    if (trainer != null
        && (info.step() != trainer.counter("step")
            || info.anchors() != trainer.counter("anchors"))) {
      throw new IllegalArgumentException(
          "checkpoint of step "
              + info.step()
              + " and anchor "
              + info.anchors()
              + " with a trainer at step "
              + trainer.counter("step")
              + " and anchor "
              + trainer.counter("anchors")
              + "; valid: the same");
    }
  }

  /** The student's network: parameters and running statistics. */
  public StateDict network() {
    return components.get(Components.MODEL).tensors();
  }

  /** By what the student learns; empty where the checkpoint does not say. */
  public String objective() {
    Component objective = components.find(OBJECTIVE);
    return objective == null ? "" : objective.kind();
  }

  /**
   * Which student this is, whatever else the checkpoint holds: SHA-256 of the network's tensors in
   * their order, each its name in UTF-8 and a zero byte, then its values as little-endian float32.
   *
   * @return hexadecimal
   */
  public String weightsSha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Tensor tensor : network().tensors()) {
        digest.update(tensor.name().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        float[] values = tensor.data();
        ByteBuffer bytes =
            ByteBuffer.allocate(Float.BYTES * Math.min(values.length, DIGEST_VALUES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += DIGEST_VALUES) {
          int count = Math.min(DIGEST_VALUES, values.length - from);
          bytes.clear();
          bytes.asFloatBuffer().put(values, from, count);
          digest.update(bytes.limit(Float.BYTES * count));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
