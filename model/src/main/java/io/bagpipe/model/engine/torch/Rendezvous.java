package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.Rank;
import java.nio.file.Path;
import java.util.Map;

/** Where ranks find each other, as {@code torchrun} tells them or by a file that all can reach. */
public sealed interface Rendezvous {
  /**
   * A port of rank 0's host; rank 0 listens there.
   *
   * @param host name or address of rank 0, as the others reach it
   */
  record Tcp(String host, int port) implements Rendezvous {
    public Tcp {
      if (host.isBlank() || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "a rendezvous at \"" + host + "\", port " + port + "; valid: a host, 1 to 65535");
      }
    }
  }

  /**
   * A file that is not there yet, in a directory of all ranks; to be removed after the run.
   *
   * @param path the same for all
   */
  record File(Path path) implements Rendezvous {}

  /** The rank that the environment names, {@link Rank#ALONE} where it names none. */
  static Rank rank(Map<String, String> environment) {
    if (!environment.containsKey("RANK") && !environment.containsKey("WORLD_SIZE")) {
      return Rank.ALONE;
    }
    return new Rank(number(environment, "RANK"), number(environment, "WORLD_SIZE"));
  }

  /** The place that the environment names: MASTER_ADDR and MASTER_PORT. */
  static Tcp of(Map<String, String> environment) {
    String host = environment.get("MASTER_ADDR");
    if (host == null) {
      throw new IllegalArgumentException("MASTER_ADDR is not set, and RANK or WORLD_SIZE is");
    }
    return new Tcp(host, number(environment, "MASTER_PORT"));
  }

  private static int number(Map<String, String> environment, String name) {
    String value = environment.get(name);
    try {
      return Integer.parseInt(String.valueOf(value).strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " is " + (value == null ? "not set" : "\"" + value + "\"") + "; valid: a number");
    }
  }
}
