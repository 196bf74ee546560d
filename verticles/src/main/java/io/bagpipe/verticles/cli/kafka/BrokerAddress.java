package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the broker is that a command talks to. */
public final class BrokerAddress {
  private BrokerAddress() {}

  /**
   * What {@code --bootstrap} says, else {@code kafka.bootstrap.servers}, else where a running
   * service with the embedded broker says it is.
   */
  public static String find(@Nullable String option, BagpipeConfig config) {
    if (option != null) {
      return option;
    }
    if (!config.kafka().embedded()) {
      return config.kafka().bootstrapServers();
    }
    Path file = config.data().bootstrapFile();
    try {
      String found = Files.exists(file) ? Files.readString(file).strip() : "";
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException e) {
      throw new CommandFailedException(file + ": cannot be read: " + e.getMessage(), e);
    }
    throw new CommandFailedException(
        "no broker to talk to: no service is running on "
            + config.data().dir()
            + "; start one (bagpipe run), or name a Kafka with --bootstrap HOST:PORT or"
            + " kafka.bootstrap.servers");
  }
}
