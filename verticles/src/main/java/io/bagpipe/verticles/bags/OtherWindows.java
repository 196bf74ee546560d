package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.WindowMemory;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogFollower;
import io.bagpipe.streams.source.LogReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scope global: the windows of the partitions that other processes own. Each is read from the log
 * to its end before this process draws its first bag beside it, and follows the log from there on.
 *
 * <p>Two partitions have no common order, so that how far another's window has come when a bag is
 * drawn is no function of the log. It is written down with the bag, and with that the bag is one.
 *
 * <p>Maps and windows are guarded by the {@link Windows} that is handed in.
 */
final class OtherWindows {
  private static final Logger LOG = LoggerFactory.getLogger(OtherWindows.class);
  private static final int TRIES = 5;

  private final Windows.Setup setup;
  private final Consumer<Throwable> onFailure;
  private final Map<Integer, Followed> followed = new TreeMap<>();
  private int partitions;
  private @Nullable LogFollower follower;

  OtherWindows(Windows.Setup setup, Consumer<Throwable> onFailure) {
    this.setup = setup;
    this.onFailure = onFailure;
  }

  /** One partition's window, as its log grows. */
  private final class Followed implements LogFollower.Handler {
    private final Object monitor;
    private final int partition;
    private final BagWindow window;
    private long next;
    private boolean ended;

    Followed(Object monitor, int partition, BagWindow window, long next) {
      this.monitor = monitor;
      this.partition = partition;
      this.window = window;
      this.next = next;
    }

    @Override
    public void handle(InputRecord record) {
      synchronized (monitor) {
        if (!ended && record.offset() >= next) {
          require(record);
          Windows.restore(window, record, setup);
          next = record.offset() + 1;
        }
      }
    }

    /** Another teacher at work beside this process's would be noticed nowhere else. */
    private void require(InputRecord record) {
      try {
        setup.makers().check(record, Codecs.parseEmbeddings(record).getMadeBy());
      } catch (PoisonRecordException e) {
        LOG.debug("{} is a dead letter of its owner: {}", record.coordinates(), e.getMessage());
      }
    }

    /** It is read anew before the next bag. */
    @Override
    public void lost() {
      synchronized (monitor) {
        end();
      }
    }

    /** In the monitor. */
    void end() {
      if (!ended) {
        ended = true;
        followed.remove(partition, this);
        window.close();
      }
    }
  }

  /** In the monitor. */
  Map<Integer, BagWindow> windows() {
    return followed.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().window));
  }

  /** In the monitor: offset after the newest record in each. */
  Map<Integer, Long> positions() {
    return followed.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().next));
  }

  /** The partition is this process's own from now on. */
  void give(int partition, Windows monitor) {
    LogFollower running = follower;
    if (running != null) {
      running.forget(partition);
    }
    synchronized (monitor) {
      Followed end = followed.get(partition);
      if (end != null) {
        end.end();
      }
    }
    partitions = 0; // the topic may have grown: that is when assignments change
  }

  /** Opens what is missing for bags of this partition's anchors; takes as long as reading does. */
  void complete(int partition, Windows monitor) throws Exception {
    if (partitions == 0) {
      try (LogReader log = new LogReader(setup.kafka())) {
        partitions = log.partitions(setup.embeddings());
      }
      // the topic may have grown since the start, and all of it is held here
      WindowMemory.check(setup.bags(), setup.dimensions().features(), partitions);
    }
    for (int other = 0; other < partitions; other++) {
      boolean known;
      synchronized (monitor) {
        known = followed.containsKey(other);
      }
      if (other != partition && !known && !monitor.owns(other)) {
        open(other, monitor);
      }
    }
  }

  private void open(int partition, Windows monitor) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        read(partition, monitor);
        return;
      } catch (GapException | OffsetOutOfRangeException e) {
        if (attempt == TRIES) {
          throw e;
        }
        LOG.debug("partition {} was trimmed while it was read", partition, e);
      }
    }
  }

  private void read(int partition, Windows monitor) throws Exception {
    long began = System.nanoTime();
    String topic = setup.embeddings();
    BagWindow window = setup.window();
    boolean taken = false;
    try (LogReader log = new LogReader(setup.kafka())) {
      long end = log.end(topic, partition);
      long earliest = log.earliest(topic, partition);
      setup.restoring().begin(earliest, end);
      try {
        log.read(
            topic,
            partition,
            earliest,
            end,
            record -> {
              Windows.restore(window, record, setup);
              setup.restoring().passed(record.offset(), record.sizeBytes());
            });
      } finally {
        setup.restoring().end();
      }
      LOG.atInfo()
          .addKeyValue("partition", partition)
          .addKeyValue("images", window.size())
          .addKeyValue("seconds", (System.nanoTime() - began) / 1e9)
          .log("another owner's window was read, and is followed");
      Followed following = new Followed(monitor, partition, window, end);
      synchronized (monitor) {
        followed.put(partition, following);
      }
      taken = true;
      follower().follow(partition, end, following);
    } finally {
      if (!taken) {
        window.close();
      }
    }
  }

  private LogFollower follower() {
    LogFollower running = follower;
    if (running == null) {
      running = new LogFollower(setup.kafka(), setup.embeddings(), onFailure);
      follower = running;
    }
    return running;
  }

  /** Lets all go: this process owns nothing just now. */
  void drop(Windows monitor) {
    LogFollower running = follower;
    synchronized (monitor) {
      for (Followed one : Map.copyOf(followed).values()) {
        if (running != null) {
          running.forget(one.partition);
        }
        one.end();
      }
    }
  }

  /** For good; not in the monitor, for which the follower's thread may be waiting. */
  void close(Windows monitor) {
    LogFollower running = follower;
    follower = null;
    if (running != null) {
      running.close();
    }
    synchronized (monitor) {
      Map.copyOf(followed).values().forEach(Followed::end);
    }
  }
}
