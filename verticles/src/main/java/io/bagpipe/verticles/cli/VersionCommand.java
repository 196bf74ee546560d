package io.bagpipe.verticles.cli;

import io.bagpipe.verticles.cli.base.BagpipeVersion;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe version}: as {@code --version}, also for programs. */
@Command(
    name = "version",
    description = "Prints the version of Bagpipe and of Java, as --version does.",
    footer = {"", "Example:", "  bagpipe version --json"})
final class VersionCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  VersionCommand() {}

  @Override
  public Integer call() {
    BagpipeVersion version = new BagpipeVersion();
    output.print(version.document(), out -> List.of(version.getVersion()).forEach(out::println));
    return ExitCode.OK;
  }
}
