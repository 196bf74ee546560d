package io.bagpipe.streams.broker;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.utils.internals.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's answer to a fault it cannot mend, a full disk among them, is to halt the whole virtual
 * machine. Here it is not Kafka's own: the fault is reported, and whoever runs the broker decides.
 * Kafka keeps one answer for the whole process, so that the newest broker's owner hears of it.
 */
final class FatalFaults {
  private static final Logger LOG = LoggerFactory.getLogger(FatalFaults.class);

  private FatalFaults() {}

  static void reportTo(Path directory, CompletableFuture<String> failure) {
    Exit.Procedure report =
        (status, message) -> {
          String line = line(directory, message);
          if (failure.complete(line)) {
            LOG.error(line);
          }
          // Kafka does not expect to return from here; this ends only the thread that failed
          throw new BrokerHaltedError(line);
        };
    Exit.setHaltProcedure(report);
    Exit.setExitProcedure(report);
  }

  private static String line(Path directory, @Nullable String message) {
    long free = directory.toFile().getUsableSpace() >> 20;
    return "the embedded broker in %s cannot go on%s (%d MiB are free on its disk)"
        .formatted(directory, message == null ? "" : ": " + message, free);
  }

  private static final class BrokerHaltedError extends Error {
    private static final long serialVersionUID = 1L;

    BrokerHaltedError(String message) {
      super(message);
    }
  }
}
