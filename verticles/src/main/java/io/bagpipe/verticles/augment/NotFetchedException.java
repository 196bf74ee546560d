package io.bagpipe.verticles.augment;

import io.bagpipe.streams.reference.FetchDelayedException;
import org.apache.kafka.common.errors.RetriableException;

/** The next image cannot be fetched just now: the batch is to come again after a while. */
final class NotFetchedException extends RetriableException {
  private static final long serialVersionUID = 1L;

  NotFetchedException(FetchDelayedException why) {
    super(why.getMessage(), why);
  }

  /** As a stage's fault is shown to people. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // the message stays what the fetch said
  public String toString() {
    return "an image cannot be fetched just now: " + getMessage();
  }
}
