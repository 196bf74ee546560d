package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.BagWindow;
import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.source.LogReader;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes windows as they were at an offset, from the log of embeddings. */
final class WindowLog {
  private static final Logger LOG = LoggerFactory.getLogger(WindowLog.class);
  private static final int TRIES = 3;

  private final Windows.Setup setup;

  WindowLog(Windows.Setup setup) {
    this.setup = setup;
  }

  /**
   * The window when everything before this offset had gone in. Nothing stays behind when it fails,
   * so that it may be tried again.
   *
   * @param before told of the window before each record; what it throws ends it
   */
  Owned open(int partition, long committedOffset, Consumer<BagWindow> before) throws Exception {
    for (int tries = 1; ; tries++) {
      Owned owned = new Owned(setup.window(), new LogTail(setup.bags().window()));
      boolean whole = false;
      try {
        if (committedOffset > 0) {
          restore(owned, partition, committedOffset, before);
        } else if (setup.waiting().pushes() > 0) {
          owned.hold(0);
        }
        whole = true;
        return owned;
      } catch (GapException | OffsetOutOfRangeException e) {
        // a former owner trimmed the log after its beginning had been looked up
        if (tries == TRIES) {
          throw e;
        }
        LOG.info("the window of partition {} is read again: {}", partition, e.getMessage());
      } finally {
        if (!whole) {
          owned.window().close();
        }
      }
    }
  }

  private void restore(Owned owned, int partition, long committedOffset, Consumer<BagWindow> before)
      throws Exception {
    AtomicLong count = new AtomicLong();
    AtomicLong leftOut = new AtomicLong();
    try (LogReader log = new LogReader(setup.kafka())) {
      long earliest = log.earliest(setup.embeddings(), partition);
      setup.restoring().begin(earliest, committedOffset);
      try {
        log.read(
            setup.embeddings(),
            partition,
            earliest,
            committedOffset,
            record -> {
              before.accept(owned.window());
              Pushes pushes = Windows.restore(owned.window(), record, setup);
              int windowed = pushes == null ? 0 : pushes.windowed();
              int all = pushes == null ? 0 : pushes.count();
              count.addAndGet(all);
              leftOut.addAndGet(all - windowed);
              owned.passed(record.offset(), windowed, all);
              setup.restoring().passed(record.offset(), record.sizeBytes());
            });
      } finally {
        setup.restoring().end();
      }
      owned.passedAllBefore(committedOffset);
      if (leftOut.get() > 0) {
        LOG.info(
            "{} images of partition {} stay out of its window: another teacher saw them",
            leftOut.get(),
            partition);
      }
      long pushes = count.get();
      boolean any = pushes > 0;
      if (earliest > 0 || pushes > setup.waiting().most()) {
        return;
      }
      if (any ? !log.hasEverHeldAny(setup.bagsTopic(), partition) : setup.waiting().pushes() > 0) {
        LOG.info("{} anchors of partition {} wait for their bags", pushes, partition);
        owned.hold(pushes);
      }
    }
  }
}
