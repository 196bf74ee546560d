package io.bagpipe.verticles.cli.service;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Hears of direct memory that ends in threads that are not ours: Kafka's log the error and go on
 * without effect, and the JVM ends by itself for its heap alone. Told on the thread that logs.
 */
final class OutOfMemoryWatch extends AppenderBase<ILoggingEvent> {
  private final Consumer<OutOfMemoryError> told;

  private OutOfMemoryWatch(Consumer<OutOfMemoryError> told) {
    this.told = told;
  }

  /** From now on, whatever is logged with an {@link OutOfMemoryError} is told. */
  static void install(Consumer<OutOfMemoryError> told) {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      OutOfMemoryWatch watch = new OutOfMemoryWatch(told);
      watch.setName("out-of-memory");
      watch.setContext(root.getLoggerContext());
      watch.start();
      root.addAppender(watch);
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLoggerName().startsWith("io.bagpipe.")) {
      return; // ours deal with it themselves
    }
    for (IThrowableProxy at = event.getThrowableProxy(); at != null; at = at.getCause()) {
      if (at instanceof ThrowableProxy proxy
          && proxy.getThrowable() instanceof OutOfMemoryError error) {
        told.accept(error);
        return;
      }
    }
  }
}
