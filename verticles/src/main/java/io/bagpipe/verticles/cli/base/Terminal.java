package io.bagpipe.verticles.cli.base;

import java.io.PrintWriter;

/**
 * Where progress is shown.
 *
 * @param out standard error
 * @param columns width of the terminal, 0 when it is none (a file, a pipe)
 */
public record Terminal(PrintWriter out, int columns) {
  /** The launcher's word: only a shell can ask cheaply. */
  private static final String COLUMNS = "bagpipe.columns";

  /** As the launcher found it. */
  public static Terminal detect(PrintWriter out) {
    return new Terminal(out, Math.max(0, Integer.getInteger(COLUMNS, 0)));
  }

  public boolean interactive() {
    return columns > 0;
  }
}
