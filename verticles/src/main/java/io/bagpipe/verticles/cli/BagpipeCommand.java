package io.bagpipe.verticles.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bagpipe}: the root of all commands. */
@Command(
    name = "bagpipe",
    mixinStandardHelpOptions = true,
    description =
        "Keeps distilling a frozen teacher into a small student, from a stream of images.",
    subcommands = {BenchCommand.class})
public final class BagpipeCommand {
  BagpipeCommand() {}

  /** Runs one command line and returns its exit code. */
  public static int execute(String[] args) {
    return new CommandLine(new BagpipeCommand()).execute(args);
  }
}
