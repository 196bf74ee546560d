package io.bagpipe.streams.record;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record that cannot be used, for the dead-letter topic: key, value, headers and timestamp
 * unchanged, with headers that say where it came from and what was wrong (UTF-8 text; numbers in
 * decimal). A header of the same name that the record brought along (it died before and was sent
 * again) is replaced.
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

  /** What an exception says about a record. */
  public static DeadLetter of(InputRecord record, String stage, Throwable error) {
    String message = error.getMessage();
    return new DeadLetter(
        record, stage, error.getClass().getName(), message == null ? error.toString() : message);
  }

  /** The record's own headers and ours, in a fixed order. */
  public Map<String, byte[]> headers() {
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
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
