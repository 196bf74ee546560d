package io.bagpipe.verticles.cli.base;

import java.util.Map;

/** {@code bagpipe} itself, as the commands see it. */
public interface RootCommand {
  /** The process's environment, which is read in {@code main} and nowhere else. */
  Map<String, String> environment();
}
