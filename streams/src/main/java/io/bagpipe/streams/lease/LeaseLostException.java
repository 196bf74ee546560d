package io.bagpipe.streams.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Another process holds the lease now: this one must stop at once, and not try again. */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException(String what, LeaseState now, Duration silent) {
    super(
        "%s is led by %s since %s: this process was fenced, its last sign of life was %d s ago; nothing that it did since counts, and a new start of it stands by"
            .formatted(
                what,
                now.holder().where(),
                Instant.ofEpochMilli(now.sinceMillis()).truncatedTo(ChronoUnit.SECONDS),
                silent.toSeconds()));
  }
}
