package io.bagpipe.verticles.stage;

import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.record.InputRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Records of the images' topic. */
public final class ImageRecords {
  public static final String LABEL_HEADER = "label";
  public static final String ERA_HEADER = "era";
  public static final int MOST_ERA_BYTES = 200;

  private ImageRecords() {}

  /** An image's id: its record's key, not copied; of one without a key its place. */
  public static byte[] id(InputRecord image) {
    byte[] key = image.key();
    return key == null || key.length == 0
        ? (image.partition() + "-" + image.offset()).getBytes(StandardCharsets.UTF_8)
        : key;
  }

  private static Map<String, byte[]> headers(Anchor anchor) {
    Map<String, byte[]> headers = new HashMap<>();
    if (anchor.hasLabel()) {
      headers.put(LABEL_HEADER, anchor.getLabel().getBytes(StandardCharsets.UTF_8));
    }
    if (!anchor.getEra().isEmpty()) {
      headers.put(ERA_HEADER, anchor.getEra().getBytes(StandardCharsets.UTF_8));
    }
    return headers;
  }

  /**
   * An image's record again, from what the inner topics carry of it: its place, its bytes, its id
   * as the key, and of its headers the label and the era. The bytes are copied.
   *
   * @param topic of the images
   * @param timestampMillis of the record that carried it: its own is not known any more
   */
  public static InputRecord of(String topic, Anchor anchor, long timestampMillis) {
    return new InputRecord(
        topic,
        anchor.getSourcePartition(),
        anchor.getSourceOffset(),
        anchor.getId().toByteArray(),
        anchor.getEncoded().toByteArray(),
        headers(anchor),
        timestampMillis);
  }
}
