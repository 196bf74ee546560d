package io.bagpipe.verticles.cli.base;

import picocli.CommandLine;

/** What a process ends with. */
public final class ExitCode {
  /** Done. */
  public static final int OK = CommandLine.ExitCode.OK;

  /** The command failed; one line on standard error says why. */
  public static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  /** The command line or the configuration is not valid. */
  public static final int INVALID = CommandLine.ExitCode.USAGE;

  /** What the JVM exits with, too, when the launcher lets it end for its heap. */
  public static final int OUT_OF_MEMORY = 3;

  /** {@code demo} went through to its end, and its student knows less than before. */
  public static final int WORSE = 4;

  private ExitCode() {}
}
