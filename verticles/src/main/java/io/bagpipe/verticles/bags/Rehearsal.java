package io.bagpipe.verticles.bags;

import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.memory.RehearsalMemory;
import io.bagpipe.model.memory.Remembered;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.MemoryEntry;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.StateRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.stage.RehearsalSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memories of earlier images, one a partition, and how often anchors come out of them. A memory
 * is a materialised view of its partition of the {@code memory} topic, whose changes are committed
 * together with the bags of the anchors that made them: whoever has the partition next goes on with
 * the same. Confined to the stage's worker thread.
 */
final class Rehearsal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  private final Windows.Setup setup;
  private final RehearsalSettings settings;
  private final Kept kept;
  private final Map<Integer, Held> held = new HashMap<>();
  private volatile long images;
  private volatile long bytes;
  private boolean saidRefused;

  /** A partition's memory. */
  private record Held(RehearsalMemory memory, List<StateRecord> changes) {}

  /**
   * @param kept of the teacher's embeddings
   */
  Rehearsal(Windows.Setup setup, RehearsalSettings settings, Kept kept) {
    this.setup = setup;
    this.kept = kept;
    this.settings = settings;
  }

  /** Most images that are drawn for one anchor. */
  int most() {
    return (int) Math.ceil(settings.perAnchor());
  }

  /** Reads a partition's memory as its last owner left it. */
  void open(int partition) throws Exception {
    close(partition);
    Held opened = empty();
    boolean whole = false;
    try {
      restore(partition, opened);
      whole = true;
    } finally {
      if (!whole) {
        opened.memory().close();
      }
    }
    held.put(partition, opened);
    count();
  }

  /** An empty memory for a partition that nobody had before; nothing is read. */
  void begin(int partition) {
    close(partition);
    held.put(partition, empty());
  }

  private Held empty() {
    return new Held(
        new RehearsalMemory(
            settings.memory(),
            setup.bags(),
            setup.dimensions().features(),
            kept == Kept.NOTHING ? 0 : setup.dimensions().key(),
            setup.seed()),
        new ArrayList<>());
  }

  private void restore(int partition, Held into) throws Exception {
    String topic = settings.topic();
    try (LogReader log = new LogReader(setup.kafka())) {
      long end = log.settledEnd(topic, partition);
      log.read(
          topic, partition, log.earliest(topic, partition), end, record -> restore(record, into));
    }
    if (into.memory().size() > 0) {
      LOG.info(
          "{} images of partition {} are remembered, {} bytes",
          into.memory().size(),
          partition,
          into.memory().bytes());
    }
  }

  private void restore(InputRecord record, Held into) throws PoisonRecordException {
    RehearsalMemory memory = into.memory();
    byte[] id = record.key();
    if (id == null) {
      throw new PoisonRecordException(record.coordinates() + " has no key, must be an image's id");
    }
    if (record.value() == null) {
      memory.forget(id);
      return;
    }
    MemoryEntry entry = Codecs.parseMemory(record);
    if (setup.makers().hasOtherFeatures(entry.getMadeBy())) {
      memory.forget(id); // another teacher's word on it cannot be compared
    } else {
      // leaves nothing out, but where the memory was configured larger then
      RehearsalMemory.Change change =
          memory.offer(Pushes.entry(entry.getImage(), kept, entry.getPushed()));
      change
          .dropped()
          .forEach(out -> into.changes().add(new StateRecord(settings.topic(), out, null)));
      if (!change.kept()) {
        into.changes().add(new StateRecord(settings.topic(), id, null));
      }
    }
  }

  void close(int partition) {
    Held gone = held.remove(partition);
    if (gone != null) {
      gone.memory().close();
      count();
    }
  }

  private void count() {
    images = held.values().stream().mapToLong(one -> one.memory().size()).sum();
    bytes = held.values().stream().mapToLong(one -> one.memory().bytes()).sum();
  }

  /** Images that are remembered, of all partitions. From any thread. */
  long images() {
    return images;
  }

  /** What their files and embeddings take. From any thread. */
  long bytes() {
    return bytes;
  }

  /**
   * Images to be trained on once more beside an anchor, from what came before it. By the anchor's
   * place in the stream, and so the same whenever that is gone through.
   */
  List<Remembered> beside(int partition, ImageCoordinates anchor) {
    long before = (long) Math.floor(anchor.offset() * settings.perAnchor());
    long after = (long) Math.floor((anchor.offset() + 1) * settings.perAnchor());
    return of(partition).memory().draw(anchor, (int) (after - before));
  }

  /**
   * Offers an anchor to its partition's memory.
   *
   * @param madeBy what made its record
   * @param pushed milliseconds since 1970
   */
  void offer(int partition, EmbeddedAnchor anchor, String madeBy, long pushed) {
    Held of = of(partition);
    WindowEntry entry = Pushes.entry(anchor, kept, pushed);
    RehearsalMemory.Change change = of.memory().offer(entry);
    change.dropped().forEach(id -> of.changes().add(new StateRecord(settings.topic(), id, null)));
    if (change.kept()) {
      of.changes()
          .add(new StateRecord(settings.topic(), entry.id(), bytes(anchor, madeBy, pushed)));
    }
  }

  private static byte[] bytes(EmbeddedAnchor anchor, String madeBy, long pushed) {
    return MemoryEntry.newBuilder()
        .setVersion(Codecs.VERSION)
        .setImage(anchor.toBuilder().clearQueryView().clearKeyView())
        .setPushed(pushed)
        .setMadeBy(madeBy)
        .build()
        .toByteArray();
  }

  /** An image was taken back: it is not remembered either. */
  void forget(int partition, byte[] id) {
    Held of = of(partition);
    if (of.memory().forget(id)) {
      of.changes().add(new StateRecord(settings.topic(), id, null));
    }
  }

  /** A remembered image as the teacher handed it over, in the place it is drawn for; no views. */
  EmbeddedAnchor anchor(Remembered remembered) {
    WindowEntry entry = remembered.entry();
    Anchor.Builder anchor =
        Anchor.newBuilder()
            .setId(UnsafeByteOperations.unsafeWrap(entry.id()))
            .setSourcePartition(entry.at().partition())
            .setSourceOffset(entry.at().offset())
            .setEncoded(UnsafeByteOperations.unsafeWrap(entry.encoded()));
    String label = entry.label();
    if (label != null) {
      anchor.setLabel(label);
    }
    EmbeddedAnchor.Builder embedded =
        EmbeddedAnchor.newBuilder().setAnchor(anchor).setFeatures(Vectors.bytes(entry.features()));
    return kept.put(embedded, Vectors.bytes(entry.key())).build();
  }

  /** A remembered image cannot be decoded here: forgotten, and that is said once. */
  void refused(int partition, byte[] id, ImageRejectedException why) {
    if (!saidRefused) {
      saidRefused = true;
      LOG.warn(
          "image {} is remembered and cannot be decoded here ({}): it is forgotten, as all like it;"
              + " are limits.* lower than they were?",
          new String(id, StandardCharsets.UTF_8),
          why.getMessage());
    }
    forget(partition, id);
  }

  /** What has changed since this was last asked; to be committed with what came of it. */
  List<StateRecord> changes(int partition) {
    Held of = of(partition);
    List<StateRecord> changes = List.copyOf(of.changes());
    of.changes().clear();
    count();
    return changes;
  }

  private Held of(int partition) {
    Held of = held.get(partition);
    if (of == null) {
      throw new IllegalStateException("partition " + partition + " is not this process's");
    }
    return of;
  }

  @Override
  public void close() {
    held.values().forEach(one -> one.memory().close());
    held.clear();
  }
}
