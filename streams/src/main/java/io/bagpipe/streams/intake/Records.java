package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Kafka's records as ours. */
public final class Records {
  private static final byte[] EMPTY = {};

  private Records() {}

  public static InputRecord input(ConsumerRecord<byte[], byte[]> record) {
    return new InputRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        headers(record.headers()),
        record.timestamp());
  }

  private static Map<String, byte[]> headers(Headers headers) {
    if (!headers.iterator().hasNext()) {
      return Map.of();
    }
    Map<String, byte[]> map = new LinkedHashMap<>();
    for (Header header : headers) {
      byte[] value = header.value();
      map.put(header.key(), value == null ? EMPTY : value);
    }
    return map;
  }
}
