package io.bagpipe.verticles.bags;

import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.FeaturePoint;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.index.VectorRejectedException;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.OtherMakerException;
import io.bagpipe.verticles.stage.RestoreMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The windows that this process draws bags from. Of each partition that it owns one, rebuilt from
 * the {@code embeddings} log before its first record; with scope global one of every other
 * partition too, see {@link OtherWindows}.
 *
 * <p>Protocol: the stage's worker alone opens, closes and takes records. What changes or reads a
 * window that is in use does so in this object's monitor; a window that is being rebuilt is nobody
 * else's yet. The log is never read in the monitor.
 */
final class Windows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Windows.class);

  private final Setup setup;
  private final Map<Integer, Owned> open = new TreeMap<>();

  /** Of the owned partitions; for those who must not wait for the monitor, as an event loop. */
  private volatile Map<Integer, LogTail> tails = Map.of();

  private final @Nullable OtherWindows others;
  private final Room room;

  /**
   * What windows are made of.
   *
   * @param seed of the choice of members
   * @param makers of the records of embeddings
   * @param bagsTopic that tells whether anything has come of a partition yet
   * @param restoring shows how far the reading of windows is
   * @param heldOut images that go into none
   */
  record Setup(
      BagConfig bags,
      long seed,
      BagIndexVerticle.Dimensions dimensions,
      Kept kept,
      KafkaSettings kafka,
      Makers makers,
      String embeddings,
      String bagsTopic,
      Waiting waiting,
      RestoreMeter restoring,
      HeldOut heldOut) {
    BagWindow window() {
      int key = kept == Kept.NOTHING ? 0 : dimensions.key();
      return new BagWindow(bags, dimensions.features(), key, seed);
    }
  }

  /**
   * What waits for a window to fill.
   *
   * @param pushes that a partition's first anchors wait for; 0: none wait
   * @param most that can have been left waiting by an earlier configuration
   */
  record Waiting(int pushes, long most) {}

  /**
   * The windows, to be looked at while nothing changes them.
   *
   * @param isGlobal whether neighbours come from all of them
   */
  record Look(List<BagWindow> owned, List<BagWindow> others, boolean isGlobal) {
    /** All windows; this process's own first. */
    List<BagWindow> all() {
      List<BagWindow> all = new ArrayList<>(owned);
      all.addAll(others);
      return all;
    }
  }

  /** Takes bags as they are drawn; not in the monitor. */
  @FunctionalInterface
  interface Sink {
    void take(Pushes.Bagged bagged);
  }

  private Windows(Setup setup, @Nullable OtherWindows others, Room room) {
    this.setup = setup;
    this.others = others;
    this.room = room;
  }

  /** Each partition for itself. */
  static Windows ofPartitions(Setup setup) {
    return ofPartitions(setup, Room.ANY);
  }

  /**
   * Each partition for itself.
   *
   * @param room asked before each record, now and when a window is rebuilt
   */
  static Windows ofPartitions(Setup setup, Room room) {
    return new Windows(setup, null, room);
  }

  /**
   * Neighbours from all partitions.
   *
   * @param onFailure told when those of other owners cannot be followed any more
   */
  static Windows ofAll(Setup setup, Consumer<Throwable> onFailure) {
    return new Windows(setup, new OtherWindows(setup, onFailure), Room.ANY);
  }

  /**
   * Opens a partition's window as it was when everything before this offset had gone in: reads the
   * log as far back as it goes, which trimming keeps to at least the window.
   */
  void open(int partition, long committedOffset) throws Exception {
    close(partition);
    long began = System.nanoTime();
    Owned owned =
        new WindowLog(setup)
            .open(
                partition,
                committedOffset,
                window -> requireRoom(partition, window.nativeBytes(), 1));
    boolean opened = false;
    try {
      if (others != null) {
        others.give(partition, this);
      }
      synchronized (this) {
        open.put(partition, owned);
        publishTails();
      }
      opened = true;
    } finally {
      if (!opened) {
        owned.window().close();
      }
    }
    if (committedOffset > 0) {
      LOG.atInfo()
          .addKeyValue("partition", partition)
          .addKeyValue("images", owned.window().size())
          .addKeyValue("seconds", (System.nanoTime() - began) / 1e9)
          .log("bag window rebuilt from the log");
    }
  }

  /**
   * Takes a record into a window, without bags.
   *
   * @return null for one that was a dead letter
   */
  static @Nullable Pushes restore(BagWindow window, InputRecord record, Setup setup) {
    try {
      Pushes pushes = Pushes.again(record, window, setup);
      pushes.restore(window);
      return pushes;
    } catch (PoisonRecordException | VectorRejectedException e) {
      LOG.debug("{} was a dead letter the first time: {}", record.coordinates(), e.getMessage());
      return null;
    }
  }

  /**
   * Takes the next record of an owned partition and gives its anchors their bags; or holds them
   * back, or gives also those that were held back theirs, before.
   *
   * @throws VectorRejectedException before anything has changed
   * @throws OtherMakerException before anything has changed
   * @throws org.apache.kafka.common.errors.RetriableException when a log cannot be read just now:
   *     the same record may be given again, whatever the sink has taken of it is void
   */
  void take(InputRecord record, Sink sink) throws Exception {
    int partition = record.partition();
    Owned owned = of(partition);
    requireRoom(partition, 0, 0);
    Pushes pushes = Pushes.of(record, owned.window(), setup);
    if (others != null) {
      others.complete(partition, this);
    }
    if (!owned.isWaiting()) {
      Pushes.Bagged bagged;
      synchronized (this) {
        bagged = pushes.add(owned.window(), beside(partition), positions(partition));
        owned.passed(record.offset(), pushes.windowed(), pushes.count());
      }
      sink.take(bagged);
      return;
    }
    synchronized (this) {
      if (record.offset() >= owned.position()) { // else it went in when it was given before
        pushes.restore(owned.window());
        owned.passed(record.offset(), pushes.windowed(), pushes.count());
      }
    }
    if (owned.waiting() >= setup.waiting().pushes()) {
      release(partition, owned, record.offset() + 1, sink);
    }
  }

  /** All that the partition has ever held, up to here. */
  private void release(int partition, Owned owned, long end, Sink sink) throws Exception {
    LOG.info("{} anchors of partition {} waited enough", owned.waiting(), partition);
    String topic = setup.embeddings();
    try (LogReader log = new LogReader(setup.kafka())) {
      log.read(
          topic,
          partition,
          log.earliest(topic, partition),
          end,
          record -> {
            Pushes.Bagged bagged = waited(record, partition, owned);
            if (bagged != null) {
              sink.take(bagged);
            }
          });
    }
    owned.release();
  }

  private Pushes.@Nullable Bagged waited(InputRecord record, int partition, Owned owned) {
    try {
      Pushes pushes = Pushes.of(record, owned.window(), setup);
      synchronized (this) {
        return pushes.draw(owned.window(), beside(partition), positions(partition));
      }
    } catch (PoisonRecordException | VectorRejectedException e) {
      return null; // a dead letter when it came
    }
  }

  /** Of the windows in use, and of one that is being rebuilt. */
  private synchronized void requireRoom(int partition, long rebuiltBytes, int rebuilt) {
    long bytes = open.values().stream().mapToLong(owned -> owned.window().nativeBytes()).sum();
    room.require(partition, open.size() + rebuilt, bytes + rebuiltBytes);
  }

  private synchronized Owned of(int partition) {
    Owned owned = open.get(partition);
    if (owned == null) {
      throw new IllegalStateException("partition " + partition + " is not this process's");
    }
    return owned;
  }

  synchronized boolean owns(int partition) {
    return open.containsKey(partition);
  }

  /** The windows that neighbours of this partition's anchors may also come from, in order. */
  private List<BagWindow> beside(int partition) {
    if (others == null) {
      return List.of();
    }
    Map<Integer, BagWindow> all = new TreeMap<>(others.windows());
    open.forEach((other, owned) -> all.put(other, owned.window()));
    all.remove(partition);
    return List.copyOf(all.values());
  }

  /** How far those have come. */
  private Map<Integer, Long> positions(int partition) {
    if (others == null) {
      return Map.of();
    }
    Map<Integer, Long> all = new TreeMap<>(others.positions());
    open.forEach((other, owned) -> all.put(other, owned.position()));
    all.remove(partition);
    return all;
  }

  /** The newest images in an owned partition's window, newest first. */
  synchronized List<FeaturePoint> newest(int partition, int count) {
    return of(partition).window().newest(count);
  }

  /** Another member of a bag that was drawn here, as long as its window has it. */
  synchronized Optional<Member> member(Bag bag, int rank) {
    return bag.others().member(rank);
  }

  /** Looks while nothing changes; the windows are not to be kept. */
  synchronized <T> T look(Function<Look, T> look) {
    return look.apply(
        new Look(
            open.values().stream().map(Owned::window).toList(),
            others == null ? List.of() : List.copyOf(others.windows().values()),
            others != null));
  }

  private void publishTails() {
    Map<Integer, LogTail> now = new TreeMap<>();
    open.forEach((partition, owned) -> now.put(partition, owned.tail()));
    tails = Map.copyOf(now);
  }

  /**
   * What is needed of each owned partition's log, by a process that starts where committed. Does
   * not wait for the monitor, which a search may hold for seconds.
   */
  Map<Integer, Long> neededFrom(Map<Integer, Long> committed) {
    Map<Integer, Long> from = new TreeMap<>();
    tails.forEach(
        (partition, tail) -> {
          Long offset = committed.get(partition);
          long needed = offset == null ? -1 : tail.neededFrom(offset);
          if (needed > 0) {
            from.put(partition, needed);
          }
        });
    return from;
  }

  void close(int partition) {
    boolean last;
    synchronized (this) {
      Owned owned = open.remove(partition);
      if (owned == null) {
        return;
      }
      publishTails();
      owned.window().close();
      last = open.isEmpty();
    }
    if (last && others != null) {
      others.drop(this);
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.close(this);
    }
    synchronized (this) {
      open.values().forEach(owned -> owned.window().close());
      open.clear();
      publishTails();
    }
  }
}
