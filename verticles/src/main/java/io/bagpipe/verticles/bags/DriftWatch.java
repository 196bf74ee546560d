package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import io.bagpipe.model.drift.Change;
import io.bagpipe.model.drift.DetectorConfig;
import io.bagpipe.model.drift.DriftDetector;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.DriftFound;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.StateRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.ops.events.DriftEvent;
import io.bagpipe.verticles.ops.events.DriftLevelEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the owned partitions for changes of the stream, each by a detector of its own. What a
 * detector knows, and what it has found, is a materialised view of its partition of the {@code
 * drift} topic, whose changes are committed together with the bags of the images that made them: a
 * change is found at the same image whoever is killed when, and is in that topic once.
 *
 * <p>Confined to the stage's worker thread, {@link #report} aside.
 */
final class DriftWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);

  /** Changes of a partition that are kept; older ones are forgotten. */
  private static final int MOST_EVENTS = 100;

  private final Windows.Setup setup;
  private final String topic;
  private final DetectorConfig config;
  private final DriftSheets sheets;
  private final Consumer<OpsEvent> onFound;
  private final Map<Integer, DriftRecords> watched = new HashMap<>();
  private final Queue<OpsEvent> untold = new ConcurrentLinkedQueue<>();
  private volatile DriftLevelEvent.@Nullable Level level;

  /**
   * @param topic that is kept
   * @param windows that have the images
   * @param onFound told of each change when it is found, before that is committed: it may be told
   *     again, under the same name
   */
  DriftWatch(
      Windows.Setup setup,
      String topic,
      DetectorConfig config,
      Windows windows,
      Consumer<OpsEvent> onFound) {
    this.setup = setup;
    this.topic = topic;
    this.config = config;
    this.sheets = new DriftSheets(windows);
    this.onFound = onFound;
  }

  /** Reads what is known of a partition, as its last owner left it. */
  void open(int partition) throws Exception {
    close(partition);
    int dimension = setup.dimensions().features();
    String kind = kind(dimension);
    DriftRecords records = new DriftRecords(topic, kind);
    try (LogReader log = new LogReader(setup.kafka())) {
      long end = log.settledEnd(topic, partition);
      log.read(
          topic,
          partition,
          log.earliest(topic, partition),
          end,
          record -> restore(records, record));
    }
    records.restored(
        new DriftDetector(config, dimension, setup.seed()),
        madeBy -> setup.makers().hasOtherFeatures(madeBy));
    for (DriftFound found : records.events()) {
      untold.add(event(partition, found));
    }
    watched.put(partition, records);
    publishLevel();
  }

  private static void restore(DriftRecords records, InputRecord record)
      throws PoisonRecordException {
    byte[] key = record.key();
    if (key == null) {
      throw new PoisonRecordException(record.coordinates() + " has no key");
    }
    records.read(record, key);
  }

  private String kind(int dimension) {
    return "mmd reference=%d window=%d run-length=%s dimension=%d seed=%d"
        .formatted(
            config.reference(), config.window(), config.runLength(), dimension, setup.seed());
  }

  void close(int partition) {
    watched.remove(partition);
    publishLevel();
  }

  /**
   * Takes the next image of a partition.
   *
   * @param madeBy what made its record
   * @param pushed milliseconds since 1970
   * @return the name of the change that it shows; empty when it shows none
   */
  String take(int partition, EmbeddedAnchor anchor, String madeBy, long pushed) {
    DriftRecords records = of(partition);
    Change change = records.take(Vectors.floats(anchor.getFeatures()), madeBy);
    if (change == null) {
      return "";
    }
    DriftFound found = found(partition, anchor.getAnchor(), change, pushed, records.next());
    records.add(found, MOST_EVENTS);
    LOG.atInfo()
        .addKeyValue("partition", partition)
        .addKeyValue("change", found.getName())
        .addKeyValue("window", change.window())
        .addKeyValue("mmd2", change.statistic())
        .addKeyValue("threshold", change.threshold())
        .log("the stream has changed");
    onFound.accept(event(partition, found));
    return found.getName();
  }

  private DriftFound found(int partition, Anchor anchor, Change change, long pushed, long number) {
    DriftFound.Builder found =
        DriftFound.newBuilder()
            .setVersion(Codecs.VERSION)
            .setName(anchor.getSourcePartition() + "-" + anchor.getSourceOffset())
            .setNumber(number)
            .setId(anchor.getId())
            .setPushed(pushed)
            .setImages(change.images())
            .setWindow(change.window())
            .setStatistic(change.statistic())
            .setThreshold(change.threshold());
    sheets.fill(found, partition, anchor.getId().toByteArray(), change.window());
    return found.build();
  }

  private static DriftEvent event(int partition, DriftFound found) {
    return new DriftEvent(
        found.getName(),
        partition,
        found.getImages(),
        new DriftEvent.Measures(
            found.getWindow(),
            found.getStatistic(),
            found.getThreshold(),
            found.hasFrechet() ? found.getFrechet() : Double.NaN,
            found.hasFrechetBefore() ? found.getFrechetBefore() : Double.NaN),
        keys(found.getBeforeList()),
        keys(found.getAfterList()),
        Instant.ofEpochMilli(found.getPushed()));
  }

  private static List<String> keys(List<ByteString> ids) {
    return ids.stream().map(ByteString::toStringUtf8).toList();
  }

  /** What has changed since this was last asked; to be committed with what came of it. */
  List<StateRecord> changes(int partition) {
    List<StateRecord> changes = of(partition).changes();
    publishLevel();
    return changes;
  }

  private void publishLevel() {
    long events = watched.values().stream().mapToLong(DriftRecords::found).sum();
    level =
        watched.values().stream()
            .map(records -> level(records, events))
            .max(Comparator.comparingDouble(DriftLevelEvent.Level::ratio))
            .orElse(null);
  }

  private static DriftLevelEvent.Level level(DriftRecords records, long events) {
    Change latest = records.detector().latest();
    boolean compared = latest.threshold() > 0;
    return new DriftLevelEvent.Level(
        compared ? latest.statistic() : Double.NaN,
        compared ? latest.threshold() : Double.NaN,
        events,
        records.detector().isWatching());
  }

  /** What there is to say every few seconds; from any thread. */
  List<OpsEvent> report() {
    List<OpsEvent> report = new ArrayList<>();
    for (OpsEvent next = untold.poll(); next != null; next = untold.poll()) {
      report.add(next);
    }
    DriftLevelEvent.Level now = level;
    if (now != null) {
      report.add(new DriftLevelEvent(now, Instant.now()));
    }
    return report;
  }

  private DriftRecords of(int partition) {
    DriftRecords of = watched.get(partition);
    if (of == null) {
      throw new IllegalStateException("partition " + partition + " is not this process's");
    }
    return of;
  }
}
