package io.bagpipe.verticles.cli;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bagpipe completion}: for the shell. */
@Command(
    name = "completion",
    description = "Prints the completion script for bash and zsh.",
    footer = {
      "",
      "Examples:",
      "  source <(bagpipe completion bash)                 for this shell",
      "  echo 'source <(bagpipe completion zsh)' >> ~/.zshrc",
    })
public final class CompletionCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  /** Shells that picocli writes for: the one script tells them apart when it is read. */
  @SuppressWarnings("unused")
  private enum Shell {
    bash,
    zsh
  }

  @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh.")
  @SuppressWarnings({"unused", "UnusedVariable"})
  private @Nullable Shell shell;

  CompletionCommand() {}

  @Override
  public Integer call() {
    common.out().print(AutoComplete.bash("bagpipe", common.rootCommand()));
    common.out().flush();
    return ExitCode.OK;
  }
}
