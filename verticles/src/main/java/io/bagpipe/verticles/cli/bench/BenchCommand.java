package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.cli.base.HelpOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe bench}: speed. */
@Command(
    name = "bench",
    description = "Measures the speed of one part.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AugmentBenchCommand.class,
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
