package io.bagpipe.verticles.cli;

import io.bagpipe.verticles.cli.base.BagpipeVersion;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.RootCommand;
import io.bagpipe.verticles.cli.bench.BenchCommand;
import io.bagpipe.verticles.cli.demo.DemoCommand;
import io.bagpipe.verticles.cli.dlq.DlqCommand;
import io.bagpipe.verticles.cli.push.PushCommand;
import io.bagpipe.verticles.cli.service.AuditCommand;
import io.bagpipe.verticles.cli.service.ConfigCommand;
import io.bagpipe.verticles.cli.service.DoctorCommand;
import io.bagpipe.verticles.cli.service.RunCommand;
import io.bagpipe.verticles.cli.student.EvaluateCommand;
import io.bagpipe.verticles.cli.student.ExportCommand;
import io.bagpipe.verticles.cli.student.InspectCommand;
import io.bagpipe.verticles.cli.student.ReproduceCommand;
import io.bagpipe.verticles.cli.students.StudentsCommand;
import io.bagpipe.verticles.cli.teacher.TeacherCommand;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe}: the root of all commands. */
@Command(
    name = "bagpipe",
    versionProvider = BagpipeVersion.class,
    description =
        "Keeps distilling a frozen teacher into a small student, from a stream of images.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      AuditCommand.class,
      InspectCommand.class,
      EvaluateCommand.class,
      ReproduceCommand.class,
      PushCommand.class,
      DlqCommand.class,
      ConfigCommand.class,
      CompletionCommand.class,
      VersionCommand.class,
      DoctorCommand.class,
      ExportCommand.class,
      TeacherCommand.class,
      StudentsCommand.class,
      BenchCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe demo                      try it: trains on Fashion-MNIST, page at 127.0.0.1:8080",
      "  bagpipe run -c bagpipe.yaml       the service",
      "  bagpipe push pictures/            send images to it",
      "",
      "Exit codes: 0 done, or stopped by SIGTERM or Ctrl-C; 1 failed; 2 command line or configuration",
      "not valid; 3 out of memory; 4 the demo's student ended worse than untrained.",
    })
public final class BagpipeCommand implements RootCommand {
  private final Map<String, String> environment;

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  BagpipeCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Runs one command line and returns its exit code. */
  public static int execute(String[] args, Map<String, String> environment) {
    return commandLine(environment).execute(args);
  }

  /** As {@link #execute(String[], Map)}, writing elsewhere. */
  public static int execute(
      String[] args, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return commandLine(environment).setOut(out).setErr(err).execute(args);
  }

  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine line = new CommandLine(new BagpipeCommand(environment));
    return line.setParameterExceptionHandler(Failures::invalid)
        .setExecutionExceptionHandler(Failures::failed)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(CommonOptions::runVerbosely)
        .setUsageHelpWidth(100)
        .setUsageHelpLongOptionsMaxWidth(32)
        .setAbbreviatedOptionsAllowed(false);
  }

  @Override
  public Map<String, String> environment() {
    return environment;
  }
}
