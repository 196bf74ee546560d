package io.bagpipe.streams.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/**
 * Who holds a lease, or wants to.
 *
 * @param id of the place that the process works in, the same over restarts: a process finds the
 *     lease of its former self free. Two processes that live at once must not share one
 * @param session of this start alone
 * @param where for people: host, process, directory
 */
public record Holder(String id, String session, String where) {
  /** Kafka takes 4,096 characters with an offset; what is for people gets a part of them. */
  private static final int MOST_WORDS = 512;

  public Holder {
    where = brief(where);
  }

  /** Words for people, shortened in the middle where they are too long for the log. */
  public static String brief(String words) {
    int half = MOST_WORDS / 2;
    return words.length() <= MOST_WORDS
        ? words
        : words.substring(0, half - 1) + "…" + words.substring(words.length() - half);
  }

  /**
   * This process.
   *
   * @param directory that it works in
   */
  public static Holder here(String id, String directory) {
    return new Holder(
        id,
        UUID.randomUUID().toString(),
        "process %d on %s (%s)".formatted(ProcessHandle.current().pid(), host(), directory));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a host without a name";
    }
  }
}
