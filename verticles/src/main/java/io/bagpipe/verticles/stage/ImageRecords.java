package io.bagpipe.verticles.stage;

import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.record.InputRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records of the images' topic. */
public final class ImageRecords {
  public static final String LABEL_HEADER = "label";
  public static final String ERA_HEADER = "era";
  public static final int MOST_ERA_BYTES = 200;

  /** Where the image is, for a record without one. */
  public static final String URI_HEADER = "bagpipe-uri";

  /** The same as CloudEvents have it in Kafka's binary mode; the other one wins. */
  public static final String DATAREF_HEADER = "ce_dataref";

  /** The version that the object must be; of a record that was fetched, the one that it was. */
  public static final String VERSION_HEADER = "bagpipe-uri-version";

  private static final int LONGEST_URI = 4096;
  private static final int LONGEST_VERSION = 1024;

  private ImageRecords() {}

  /** An image's id: its record's key, not copied; of one without a key its place. */
  public static byte[] id(InputRecord image) {
    byte[] key = image.key();
    return key == null || key.length == 0
        ? (image.partition() + "-" + image.offset()).getBytes(StandardCharsets.UTF_8)
        : key;
  }

  /** Where a record says that its image is, or comes from; empty: it does not. */
  public static String uri(InputRecord record) {
    String own = text(record, URI_HEADER);
    return own.isEmpty() ? text(record, DATAREF_HEADER) : own;
  }

  /** Whether a record only names its image: what it says of that is to be fetched. */
  public static boolean isReference(InputRecord record) {
    byte[] value = record.value();
    return (value == null || value.length == 0) && !uri(record).isEmpty();
  }

  /** Whether a record takes its image out of the index: it has no value and names none. */
  public static boolean isRemoval(InputRecord record) {
    return record.value() == null && !isReference(record);
  }

  /** The version of what {@link #uri} says; empty: it does not say. */
  public static String version(InputRecord record) {
    return text(record, VERSION_HEADER);
  }

  private static String text(InputRecord record, String header) {
    byte[] value = record.headers().get(header);
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  /** Notes where an image came from; what is too long to be true is left out. */
  public static void origin(InputRecord record, Anchor.Builder anchor) {
    String uri = uri(record);
    String version = version(record);
    if (!uri.isEmpty() && uri.length() <= LONGEST_URI && version.length() <= LONGEST_VERSION) {
      anchor.setUri(uri).setUriVersion(version);
    }
  }

  /**
   * An image's record again, from what the inner topics carry of it: its place, its bytes, its id
   * as the key, and of its headers the label, the era and where it came from. The bytes are copied.
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

  private static Map<String, byte[]> headers(Anchor anchor) {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    if (anchor.hasLabel()) {
      headers.put(LABEL_HEADER, anchor.getLabel().getBytes(StandardCharsets.UTF_8));
    }
    if (!anchor.getEra().isEmpty()) {
      headers.put(ERA_HEADER, anchor.getEra().getBytes(StandardCharsets.UTF_8));
    }
    if (!anchor.getUri().isEmpty()) {
      headers.put(URI_HEADER, anchor.getUri().getBytes(StandardCharsets.UTF_8));
      headers.put(VERSION_HEADER, anchor.getUriVersion().getBytes(StandardCharsets.UTF_8));
    }
    return headers;
  }
}
