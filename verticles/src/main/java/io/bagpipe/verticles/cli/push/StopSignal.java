package io.bagpipe.verticles.cli.push;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a command end in good order on Ctrl-C or SIGTERM: the command looks at {@link #requested},
 * and the process waits a while for {@link #close}. The exit code is the JVM's, 130 or 143.
 */
final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
  private static final int SECONDS = 20;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");
  private volatile boolean requested;

  private StopSignal() {}

  static StopSignal register() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  boolean requested() {
    return requested;
  }

  /** The command is through. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The shutdown began this moment, and the hook finds us finished.
        requested = true;
      }
    }
  }

  private void stop() {
    requested = true;
    try {
      boolean inTime = finished.await(SECONDS, TimeUnit.SECONDS);
      LOG.debug("stopped inTime={}", inTime);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
