package io.bagpipe.verticles.service;

import java.time.Duration;

/** The computer's clock was set back, and Kafka's clients have to be made anew. */
public final class ClockSetBackException extends Exception {
  private static final long serialVersionUID = 1L;

  ClockSetBackException(Duration back) {
    super(
        "the computer's clock was set back by "
            + back.toSeconds()
            + " s, and Kafka's clients would stand still for as long; nothing is lost by a start");
  }
}
