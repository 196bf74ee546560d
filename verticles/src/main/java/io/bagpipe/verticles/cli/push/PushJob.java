package io.bagpipe.verticles.cli.push;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.cli.kafka.ImageOutlet;
import io.bagpipe.verticles.config.LimitsConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the images of a feed and sends them. Confined to one thread. */
final class PushJob {
  private static final Logger LOG = LoggerFactory.getLogger(PushJob.class);
  private static final int SHOWN = 100;

  /**
   * How to send.
   *
   * @param imagesPerSecond most images a second, 0 for as many as possible
   * @param labels whether labels go along
   * @param names how long ids and labels may be
   * @param stop whether to stop now
   */
  record Manner(
      double imagesPerSecond, boolean labels, LimitsConfig.Names names, BooleanSupplier stop) {}

  private final ImageOutlet outlet;
  private final PushJournal journal;
  private final Manner manner;
  private final PushCounts counts;

  PushJob(ImageOutlet outlet, PushJournal journal, Manner manner, PushCounts counts) {
    this.outlet = outlet;
    this.journal = journal;
    this.manner = manner;
    this.counts = counts;
  }

  /** Sends everything, or until it is to stop, and waits until the broker has it. */
  void run(PushFeed feed) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long paced = 0;
    for (long position = 0; !stopped(); position++) {
      PushFeed.Item item = feed.next(manner.stop());
      if (item == null) {
        break;
      }
      if (journal.isAcknowledged(position, item.id())) {
        counts.resumed.incrementAndGet();
        continue;
      }
      LabelledImage image = read(item.source(), item.index());
      if (image == null) {
        continue;
      }
      pace(start, paced++);
      send(image, position);
    }
    outlet.flush();
  }

  private @Nullable LabelledImage read(ImageSource source, int index) {
    String id = source.id(index);
    long most = (long) outlet.limit().bytes() - id.getBytes(StandardCharsets.UTF_8).length;
    try {
      // Asked first, so that a file of gigabytes is not read to be refused.
      if (source.length(index) <= most + (1 << 20)) {
        String label = manner.labels() ? source.label(index) : null;
        String refusal = manner.names().refusal(id, label);
        if (refusal != null) {
          counts.tooLarge.incrementAndGet();
          trouble(abbreviated(id) + ": " + refusal);
          return null;
        }
        long labelBytes = label == null ? 0 : 5 + label.getBytes(StandardCharsets.UTF_8).length;
        byte[] encoded = source.read(index);
        if (encoded.length + labelBytes <= most) {
          return new LabelledImage(id, label, encoded);
        }
      }
      counts.tooLarge.incrementAndGet();
      trouble(id + ": " + outlet.limit().refusal());
    } catch (IOException e) {
      counts.unreadable.incrementAndGet();
      trouble(id + ": cannot be read: " + Failures.describe(e));
    }
    return null;
  }

  private static String abbreviated(String id) {
    return id.length() <= SHOWN ? id : id.substring(0, SHOWN) + "...";
  }

  private void send(LabelledImage image, long position) throws InterruptedException {
    int size = image.encoded().length;
    String id = image.id();
    outlet.send(
        image,
        error -> {
          if (error != null) {
            counts.failed.incrementAndGet();
            trouble(id + ": not sent: " + Failures.deepest(error));
            return;
          }
          counts.sent.incrementAndGet();
          counts.bytes.addAndGet(size);
          journal.acknowledged(position, id);
        });
  }

  private void trouble(String line) {
    counts.trouble(line);
    LOG.debug("not sent {}", line);
  }

  private boolean stopped() {
    return manner.stop().getAsBoolean();
  }

  private void pace(long start, long paced) throws InterruptedException {
    if (manner.imagesPerSecond() > 0) {
      long due = start + (long) (paced * 1e9 / manner.imagesPerSecond());
      for (long left = due - System.nanoTime();
          left > 0 && !stopped();
          left = due - System.nanoTime()) {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, 200_000_000));
      }
    }
  }
}
