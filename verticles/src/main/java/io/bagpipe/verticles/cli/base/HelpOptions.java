package io.bagpipe.verticles.cli.base;

import picocli.CommandLine.Option;

/** Help and version. */
public final class HelpOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this and exit.")
  @SuppressWarnings("unused")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  @SuppressWarnings("unused")
  private boolean version;

  HelpOptions() {}
}
