package io.bagpipe.verticles.cli.dlq;

import io.bagpipe.verticles.cli.base.HelpOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe dlq}: what could not be used, and why. */
@Command(
    name = "dlq",
    description = "Images that could not be used: what failed and why, save them, send them again.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqReplayCommand.class},
    footer = {"", "Example:", "  bagpipe dlq list"})
public final class DlqCommand {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  DlqCommand() {}
}
