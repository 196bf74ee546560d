package io.bagpipe.verticles.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe completion}: for the shell. */
@Command(
    name = "completion",
    description = "Prints the completion script for bash and zsh.",
    footer = {"", "Example:", "  source <(bagpipe completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  CompletionCommand() {}

  @Override
  public Integer call() {
    common.out().print(AutoComplete.bash("bagpipe", common.rootCommand()));
    common.out().flush();
    return BagpipeCommand.OK;
  }
}
