package io.bagpipe.verticles.cli;

import picocli.CommandLine.Command;

/** {@code bagpipe bench}: speed, one JSON line a run. */
@Command(
    name = "bench",
    description = "Measures the speed of one part and prints one JSON line.",
    subcommands = {AugmentBenchCommand.class, KnnBenchCommand.class, StepBenchCommand.class})
final class BenchCommand {
  BenchCommand() {}
}
