package io.bagpipe.streams.stage;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What a transaction's fault asks for. */
final class Faults {
  private Faults() {}

  /**
   * Somebody ended this producer's transaction: the broker, or a newer process of the same name.
   */
  static boolean isFencing(Throwable error) {
    return error instanceof ProducerFencedException
        || error instanceof InvalidProducerEpochException;
  }

  /** Trying again does not help. */
  static boolean isFatal(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof RecordTooLargeException
          || e instanceof FencedInstanceIdException
          || e instanceof AuthorizationException
          || e instanceof AuthenticationException
          || e instanceof UnsupportedVersionException) {
        return true;
      }
    }
    return false;
  }
}
