package io.bagpipe.verticles.bags;

import io.bagpipe.model.drift.Change;
import io.bagpipe.model.drift.DriftDetector;
import io.bagpipe.model.drift.DriftState.Block;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.DriftBlock;
import io.bagpipe.streams.proto.DriftFound;
import io.bagpipe.streams.proto.DriftState;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.StateRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's detector as records of the {@code drift} topic, and back: its state, its blocks by
 * slot, and what it has found by number. Read first, then {@link #restored}, then used. Confined to
 * one thread.
 */
final class DriftRecords {
  private static final Logger LOG = LoggerFactory.getLogger(DriftRecords.class);
  private static final String STATE = "state";
  private static final String BLOCK = "block-";
  private static final String EVENT = "event-";

  private final String topic;
  private final String kind;
  private final TreeMap<Integer, DriftBlock> blocks = new TreeMap<>();
  private final TreeMap<Long, DriftFound> events = new TreeMap<>();
  private final List<StateRecord> changes = new ArrayList<>();
  private @Nullable DriftState read;
  private @Nullable DriftDetector detector;
  private String madeBy = "";
  private long found;
  private boolean changed;

  /**
   * @param kind of the detector: what another kind has left is not gone on from
   */
  DriftRecords(String topic, String kind) {
    this.topic = topic;
    this.kind = kind;
  }

  /** Takes a record that was kept; the newest of a key counts. */
  void read(InputRecord record, byte[] keyBytes) throws PoisonRecordException {
    String key = new String(keyBytes, StandardCharsets.UTF_8);
    boolean gone = record.value() == null;
    try {
      if (key.equals(STATE)) {
        read = gone ? null : Codecs.parseDriftState(record);
      } else if (key.startsWith(BLOCK)) {
        int slot = Integer.parseInt(key.substring(BLOCK.length()));
        if (gone) {
          blocks.remove(slot);
        } else {
          blocks.put(slot, Codecs.parseDriftBlock(record));
        }
      } else if (key.startsWith(EVENT)) {
        long number = Long.parseLong(key.substring(EVENT.length()));
        if (gone) {
          events.remove(number);
        } else {
          events.put(number, Codecs.parseDriftFound(record));
        }
      }
      // whatever else is there is a later version's
    } catch (NumberFormatException e) {
      throw new PoisonRecordException(record.coordinates() + " has the key " + key, e);
    }
  }

  /**
   * All has been read.
   *
   * @param fresh detector, which goes on from what was read where that is of its kind
   * @param foreign whether what made a record has features that cannot be compared with those here
   */
  void restored(DriftDetector fresh, Predicate<String> foreign) {
    detector = fresh;
    DriftState state = read;
    if (state != null) {
      found = state.getEvents();
      if (state.getDetector().equals(kind) && !foreign.test(state.getMadeBy())) {
        fresh.restore(of(state), blocks());
        madeBy = state.getMadeBy();
      } else {
        LOG.info(
            "the stream is watched anew: drift.* ({} before) or the teacher is another",
            state.getDetector());
        blocks.keySet().forEach(slot -> changes.add(kept(BLOCK + slot, null)));
      }
    }
    blocks.clear();
    read = null;
  }

  private static io.bagpipe.model.drift.DriftState of(DriftState state) {
    return new io.bagpipe.model.drift.DriftState(
        state.getImages(),
        state.getBegan(),
        state.getBandwidth(),
        state.getMeanList().stream().mapToDouble(Double::doubleValue).toArray(),
        state.getLevel());
  }

  private List<Block> blocks() {
    List<Block> all = new ArrayList<>();
    blocks.forEach(
        (slot, block) -> all.add(new Block(slot, Vectors.floats(block.getProjections()))));
    return all;
  }

  DriftDetector detector() {
    return Objects.requireNonNull(detector, "not restored");
  }

  /** Gives the detector an image. */
  @Nullable Change take(float[] vector, String maker) {
    madeBy = maker;
    changed = true;
    return detector().add(vector).orElse(null);
  }

  /** The number of the next change. */
  long next() {
    return found + 1;
  }

  /** Changes that were ever found. */
  long found() {
    return found;
  }

  /** Keeps a change, and of all of them the newest. */
  void add(DriftFound change, int most) {
    found = change.getNumber();
    events.put(found, change);
    changes.add(kept(EVENT + found, change.toByteArray()));
    while (events.size() > most) {
      long oldest = events.firstKey();
      events.remove(oldest);
      changes.add(kept(EVENT + oldest, null));
    }
  }

  /** The changes that are kept, the oldest first. */
  List<DriftFound> events() {
    return List.copyOf(events.values());
  }

  /** What has changed since this was last asked. */
  List<StateRecord> changes() {
    List<StateRecord> now = new ArrayList<>(changes);
    changes.clear();
    if (changed) {
      for (Block block : detector().changed()) {
        DriftBlock made =
            DriftBlock.newBuilder()
                .setVersion(Codecs.VERSION)
                .setProjections(Vectors.bytes(block.projections()))
                .build();
        now.add(kept(BLOCK + block.slot(), made.toByteArray()));
      }
      now.add(kept(STATE, state().toByteArray()));
      changed = false;
    }
    return now;
  }

  private DriftState state() {
    var state = detector().state();
    DriftState.Builder made =
        DriftState.newBuilder()
            .setVersion(Codecs.VERSION)
            .setDetector(kind)
            .setImages(state.images())
            .setBegan(state.began())
            .setBandwidth(state.bandwidth())
            .setLevel(state.level())
            .setEvents(found)
            .setMadeBy(madeBy);
    for (double value : state.mean()) {
      made.addMean(value);
    }
    return made.build();
  }

  private StateRecord kept(String key, byte @Nullable [] value) {
    return new StateRecord(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }
}
