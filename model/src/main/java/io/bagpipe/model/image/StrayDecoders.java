package io.bagpipe.model.image;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads of decoders that were cut off and have not ended. Their input refuses to be read, which
 * ends any decoder that still reads; one that turns in a loop without reading cannot be ended by
 * anybody but the process. So they are counted, for the whole process, whose processors they take,
 * and beyond a bound the process is to say so and start again. Safe to use from any thread.
 */
public final class StrayDecoders {
  /** So many may run on. */
  public static final int MOST = 4;

  private static final Logger LOG = LoggerFactory.getLogger(StrayDecoders.class);

  // of the process, as the threads are
  private static final AtomicInteger RUNNING = new AtomicInteger();

  private StrayDecoders() {}

  /** How many run. */
  public static int running() {
    return RUNNING.get();
  }

  /**
   * To be asked between two pieces of work, when nothing is lost.
   *
   * @throws IllegalStateException when too many run
   */
  public static void check() {
    int running = running();
    if (running > MOST) {
      throw new IllegalStateException(
          running
              + " decoders that were cut off still run and take the processors; the images are dead"
              + " letters, and a new start of the process ends them");
    }
  }

  /** One step of a decoder: it may be given up, and it may end, in either order. */
  static final class Step {
    private boolean ended;
    private boolean givenUp;

    synchronized void giveUp() {
      if (!ended && !givenUp) {
        givenUp = true;
        LOG.warn(
            "a decoder that was cut off still runs; {} such threads, {} are too many",
            RUNNING.incrementAndGet(),
            MOST + 1);
      }
    }

    synchronized void end() {
      if (!ended && givenUp) {
        RUNNING.decrementAndGet();
      }
      ended = true;
    }
  }
}
