package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.cli.base.HelpOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe bench}: speed. */
@Command(
    name = "bench",
    description = "Measures one part: its speed, or what it does to a student.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AugmentBenchCommand.class,
      ContinualBenchCommand.class,
      DriftBenchCommand.class,
      KnnBenchCommand.class,
      PipelineBenchCommand.class,
      RestoreBenchCommand.class,
      StepBenchCommand.class,
      TeacherBenchCommand.class,
      TransportBenchCommand.class
    },
    footer = {"", "Example:", "  bagpipe bench step --width 16 --batch 64 --json"})
public final class BenchCommand {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  BenchCommand() {}
}
