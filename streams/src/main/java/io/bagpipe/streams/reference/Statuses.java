package io.bagpipe.streams.reference;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an answer that is no image means. */
final class Statuses {
  private static final long LONGEST_WAIT_SECONDS = 60;

  private Statuses() {}

  /**
   * @param answer of a status other than 200
   * @return why there is no image, for good or just now
   */
  static FetchException meaning(Reference of, Answer answer) {
    int status = answer.status();
    String said = of + ": status " + status;
    return switch (status) {
      case 404, 410 -> new FetchRefusedException(Refusal.NOT_FOUND, said);
      case 401, 403 -> new FetchRefusedException(Refusal.FORBIDDEN, said);
      case 408, 425, 429 -> new FetchDelayedException(said, after(answer));
      default ->
          status >= 500
              ? new FetchDelayedException(said, after(answer))
              : new FetchRefusedException(Refusal.REFUSED, said);
    };
  }

  /** In seconds alone, and not longer than a minute. */
  private static Duration after(Answer answer) {
    @Nullable String header = answer.header().apply("retry-after");
    return header != null && header.matches("\\d{1,9}")
        ? Duration.ofSeconds(Math.min(LONGEST_WAIT_SECONDS, Long.parseLong(header)))
        : Duration.ZERO;
  }
}
