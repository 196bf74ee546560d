package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The windows of the partitions this process owns, each rebuilt from the {@code embeddings} log
 * before its first record. A window is used by one thread at a time: the stage's worker and those
 * who only look take turns by its monitor.
 */
final class Windows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Windows.class);

  private final BagConfig config;
  private final long seed;
  private final BagIndexVerticle.Dimensions dimensions;
  private final KafkaSettings kafka;
  private final String topic;
  private final Map<Integer, Owned> open = new ConcurrentHashMap<>();

  /** A window, and how much of the log it was made from. */
  record Owned(BagWindow window, LogTail tail) {}

  Windows(
      BagConfig config,
      long seed,
      BagIndexVerticle.Dimensions dimensions,
      KafkaSettings kafka,
      String topic) {
    this.config = config;
    this.seed = seed;
    this.dimensions = dimensions;
    this.kafka = kafka;
    this.topic = topic;
  }

  /**
   * Opens a partition's window as it was when everything before this offset had gone in: reads the
   * log as far back as it goes, which trimming keeps to at least the window.
   */
  void open(int partition, long committedOffset) throws Exception {
    close(partition);
    long began = System.nanoTime();
    BagWindow window = new BagWindow(config, dimensions.features(), dimensions.key(), seed);
    Owned owned = new Owned(window, new LogTail(config.window()));
    open.put(partition, owned);
    if (committedOffset <= 0) {
      return;
    }
    try (LogReader log = new LogReader(kafka)) {
      log.read(
          topic,
          partition,
          log.earliest(topic, partition),
          committedOffset,
          record -> restore(owned, record));
    }
    LOG.atInfo()
        .addKeyValue("partition", partition)
        .addKeyValue("images", window.size())
        .addKeyValue("seconds", (System.nanoTime() - began) / 1e9)
        .log("bag window rebuilt from the log");
  }

  private static void restore(Owned owned, InputRecord record) {
    BagWindow window = owned.window();
    List<EmbeddedAnchor> items;
    try {
      items = Codecs.parseEmbeddings(record).getItemsList();
    } catch (PoisonRecordException e) {
      return; // a dead letter the first time round
    }
    owned.tail().add(record.offset(), items.size());
    List<WindowEntry> run = new ArrayList<>(items.size());
    for (EmbeddedAnchor item : items) {
      if (item.getAnchor().getRemoved()) {
        window.restore(run);
        run.clear();
        window.remove(item.getAnchor().getId().toByteArray());
      } else {
        run.add(entry(item, record.timestampMillis()));
      }
    }
    window.restore(run);
  }

  static WindowEntry entry(EmbeddedAnchor item, long timestamp) {
    Anchor anchor = item.getAnchor();
    return new WindowEntry(
        anchor.getId().toByteArray(),
        new ImageCoordinates(anchor.getSourcePartition(), anchor.getSourceOffset()),
        anchor.hasLabel() ? anchor.getLabel() : null,
        anchor.getEncoded().toByteArray(),
        Vectors.floats(item.getFeatures()),
        Vectors.floats(item.getKey()),
        timestamp);
  }

  Owned of(int partition) {
    Owned owned = open.get(partition);
    if (owned == null) {
      throw new IllegalStateException("partition " + partition + " is not this process's");
    }
    return owned;
  }

  /** The open windows, by partition. */
  Map<Integer, Owned> all() {
    return new TreeMap<>(open);
  }

  void close(int partition) {
    Owned owned = open.remove(partition);
    if (owned != null) {
      synchronized (owned.window()) {
        owned.window().close();
      }
    }
  }

  @Override
  public void close() {
    all().keySet().forEach(this::close);
  }
}
