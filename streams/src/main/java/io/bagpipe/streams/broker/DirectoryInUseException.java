package io.bagpipe.streams.broker;

import java.nio.file.Path;

/**
 * Another process, or another broker of this one, holds the directory; nothing in it was touched.
 */
public final class DirectoryInUseException extends BrokerStartException {
  private static final long serialVersionUID = 1L;

  DirectoryInUseException(Path directory, String holder) {
    super(
        "the broker directory "
            + directory
            + " is in use by "
            + holder
            + ": stop it, or choose another directory");
  }
}
