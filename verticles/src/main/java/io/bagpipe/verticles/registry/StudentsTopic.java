package io.bagpipe.verticles.registry;

import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry of one run as the compacted topic {@code students} has it. The run's key holds the
 * student that serves; all others lie under {@code KEY#ID}. One key has one last record: so that
 * one student serves, however much of a transaction a reader has seen, and whatever compaction has
 * left.
 *
 * @param topic its name; it has one partition
 * @param key of the run
 */
public record StudentsTopic(String topic, String key) {
  private static final Logger LOG = LoggerFactory.getLogger(StudentsTopic.class);
  private static final String OTHERS = "#";

  /** Gathers records into a state. Not thread-safe. */
  public final class Fold {
    private final Map<String, StudentRecord> others = new LinkedHashMap<>();
    private @Nullable StudentRecord serving;

    private Fold() {}

    /**
     * The next record of the topic, of whatever key.
     *
     * @throws IllegalStateException when it says who serves and cannot be read: what is guessed
     *     there could be deployed
     */
    public void take(InputRecord record) {
      byte[] bytes = record.key();
      String found = bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
      boolean run = found.equals(key);
      if (!run && !found.startsWith(key + OTHERS)) {
        return; // another run's
      }
      try {
        if (record.value() == null) {
          others.remove(found);
        } else if (run) {
          serving = StudentCodec.read(Codecs.parseStudent(record));
        } else {
          others.put(found, StudentCodec.read(Codecs.parseStudent(record)));
        }
      } catch (PoisonRecordException e) {
        if (run) {
          throw new IllegalStateException(
              "who serves cannot be read (a later version's, or none of ours): " + e.getMessage(),
              e);
        }
        LOG.warn("passed over in the registry: {}", e.getMessage());
      }
    }

    /** What they make. */
    public Students students() {
      return Students.of(serving, others.values());
    }
  }

  public Fold fold() {
    return new Fold();
  }

  /**
   * The state that the log has now, committed records only. Blocks.
   *
   * @param settled whether nobody writes any more, and what a former writer had begun is waited for
   */
  public Students read(KafkaSettings kafka, boolean settled) throws Exception {
    try (LogReader reader = new LogReader(kafka)) {
      Fold fold = fold();
      long until = settled ? reader.settledEnd(topic, 0) : reader.end(topic, 0);
      reader.read(topic, 0, reader.earliest(topic, 0), until, fold::take);
      return fold.students();
    }
  }

  /** What a step writes, in the order in which to write it: who serves first. */
  public List<ProducerRecord<byte[], byte[]>> records(Students.Change change) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    StudentRecord serving = change.next().serving();
    for (StudentRecord one : change.written()) {
      boolean serves = serving != null && one.id().equals(serving.id());
      records.add(record(serves ? key : keyOf(one.id()), StudentCodec.write(one).toByteArray()));
      if (serves) {
        records.add(record(keyOf(one.id()), null));
      }
    }
    change.forgotten().forEach(id -> records.add(record(keyOf(id), null)));
    return records;
  }

  private String keyOf(String id) {
    return key + OTHERS + id;
  }

  private ProducerRecord<byte[], byte[]> record(String under, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, 0, under.getBytes(StandardCharsets.UTF_8), value);
  }
}
