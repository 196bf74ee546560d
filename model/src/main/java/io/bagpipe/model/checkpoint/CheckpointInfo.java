package io.bagpipe.model.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What a checkpoint says of itself, its tensors aside.
 *
 * @param runId the run that it belongs to
 * @param createdAt ISO-8601, for people
 * @param student which student it holds
 * @param configuration everything that the training depends on, JSON, for people and to notice that
 *     it has changed; nothing else is read from it
 * @param seed of every random draw
 * @param step steps done
 * @param anchors anchors trained
 * @param positions where the student's input goes on
 * @param ledger which source images were trained
 * @param metrics how good the student was
 */
public record CheckpointInfo(
    String runId,
    String createdAt,
    StudentDescription student,
    String configuration,
    long seed,
    long step,
    long anchors,
    List<StreamPosition> positions,
    List<Ledger.Entry> ledger,
    Metrics metrics) {
  public CheckpointInfo {
    positions = List.copyOf(positions);
    ledger = List.copyOf(ledger);
  }

  /** SHA-256 of the configuration as it is written, in hexadecimal. */
  public String configurationHash() {
    try {
      byte[] bytes = configuration.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
