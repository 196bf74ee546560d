package io.bagpipe.streams.record;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be used, for the dead-letter topic: key, value, headers and timestamp
 * unchanged, with headers that say where it came from and what was wrong (UTF-8 text; numbers in
 * decimal). A header of the same name that the record brought along (it died before and was sent
 * again) is replaced. What a topic would refuse for ever goes in another form: see {@link #within}.
 *
 * @param stage where it died
 * @param errorClass simple or full name of the error's type
 * @param message one line
 */
public record DeadLetter(InputRecord record, String stage, String errorClass, String message) {
  public static final String TOPIC = "bagpipe-topic";
  public static final String PARTITION = "bagpipe-partition";
  public static final String OFFSET = "bagpipe-offset";
  public static final String STAGE = "bagpipe-stage";
  public static final String ERROR_CLASS = "bagpipe-error-class";
  public static final String MESSAGE = "bagpipe-message";

  /** Only when the record's timestamp was too far in the future to be kept: milliseconds. */
  public static final String TIMESTAMP = "bagpipe-timestamp";

  /** Only when the record was too large to be kept: bytes of its key, value and headers. */
  public static final String OMITTED = "bagpipe-omitted-bytes";

  /** All of the above: what a record brings along under these names is not its own. */
  public static final Set<String> NAMES =
      Set.of(TOPIC, PARTITION, OFFSET, STAGE, ERROR_CLASS, MESSAGE, TIMESTAMP, OMITTED);

  /** Brokers refuse what is more than an hour ahead of their clock, unless told otherwise. */
  private static final long FUTURE_MILLIS = 30 * 60_000L;

  private static final int SHORT_KEY = 1024;
  private static final int SHORT_MESSAGE = 4096;

  /** What an exception says about a record. */
  public static DeadLetter of(InputRecord record, String stage, Throwable error) {
    String message = error.getMessage();
    return new DeadLetter(
        record, stage, error.getClass().getName(), message == null ? error.toString() : message);
  }

  /**
   * A record to write to the dead-letter topic.
   *
   * @param timestampMillis null: the time of writing
   */
  public record Written(
      byte @Nullable [] key,
      byte @Nullable [] value,
      Map<String, byte[]> headers,
      @Nullable Long timestampMillis) {}

  /**
   * As it is written: unchanged, if the topic takes it. A stage that waited for the topic to take
   * it otherwise would wait for ever, and everything behind this record with it. So a timestamp of
   * more than half an hour from now moves into a header, and of a record that is larger than
   * maxBytes (it was compressed when it came, or just below the limit without our headers) only a
   * short key and our headers are written, with the number of bytes omitted: the record itself
   * stays where it came from.
   *
   * @param maxBytes of key, value and headers
   */
  public Written within(long maxBytes, long nowMillis) {
    Map<String, byte[]> headers = headers();
    long timestamp = record.timestampMillis();
    boolean future = timestamp > nowMillis + FUTURE_MILLIS;
    if (future) {
      headers.put(TIMESTAMP, utf8(Long.toString(timestamp)));
    }
    Long kept = timestamp < 0 || future ? null : (Long) timestamp;
    byte[] key = record.key();
    InputRecord whole =
        new InputRecord(record.topic(), 0, 0, key, record.value(), headers, timestamp);
    if (whole.sizeBytes() <= maxBytes) {
      return new Written(key, record.value(), headers, kept);
    }
    headers.keySet().retainAll(NAMES);
    headers.put(OMITTED, utf8(Long.toString(record.sizeBytes())));
    headers.put(MESSAGE, utf8(message.substring(0, Math.min(message.length(), SHORT_MESSAGE))));
    return new Written(key == null || key.length > SHORT_KEY ? null : key, null, headers, kept);
  }

  /** The record's own headers and ours, in a fixed order. */
  public Map<String, byte[]> headers() {
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
    headers.keySet().removeAll(NAMES);
    headers.put(TOPIC, utf8(record.topic()));
    headers.put(PARTITION, utf8(Integer.toString(record.partition())));
    headers.put(OFFSET, utf8(Long.toString(record.offset())));
    headers.put(STAGE, utf8(stage));
    headers.put(ERROR_CLASS, utf8(errorClass));
    headers.put(MESSAGE, utf8(message));
    return headers;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
