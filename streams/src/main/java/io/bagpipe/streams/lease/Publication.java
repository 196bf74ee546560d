package io.bagpipe.streams.lease;

import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a holder hands on with its next beat, all in that beat's transaction.
 *
 * @param records with a key each
 * @param note for the successor; null: the one before stays
 * @param done all who wait for it
 */
record Publication(
    List<ProducerRecord<byte[], byte[]>> records, @Nullable String note, List<Promise<Void>> done) {

  /** Both at once: of two records of a key the later one, as compaction would have it. */
  Publication and(Publication later) {
    Map<Object, ProducerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
    for (ProducerRecord<byte[], byte[]> record : joined(records, later.records)) {
      Object key = List.of(record.topic(), ByteBuffer.wrap(record.key()));
      last.remove(key);
      last.put(key, record);
    }
    return new Publication(
        List.copyOf(last.values()),
        later.note == null ? note : later.note,
        joined(done, later.done));
  }

  private static <T> List<T> joined(List<T> some, List<T> others) {
    List<T> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }
}
