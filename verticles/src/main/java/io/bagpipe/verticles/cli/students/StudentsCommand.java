package io.bagpipe.verticles.cli.students;

import io.bagpipe.verticles.cli.base.HelpOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe students}: which student serves, and why. */
@Command(
    name = "students",
    description = "Which student serves, which others there are, and why each is where it is.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StudentsListCommand.class,
      StudentsShowCommand.class,
      StudentsPromoteCommand.class,
      StudentsRollbackCommand.class,
      StudentsDiffCommand.class
    },
    footer = {"", "Example:", "  bagpipe students list"})
public final class StudentsCommand {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  StudentsCommand() {}
}
