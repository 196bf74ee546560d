package io.bagpipe.verticles.cli.service;

import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.config.ConfigSources;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bagpipe config}: what is in effect. */
@Command(
    name = "config",
    description = "Checks the configuration and prints what is in effect, with who set it.",
    footer = {
      "",
      "Examples:",
      "  bagpipe config -c bagpipe.yaml --set train.batch=128",
      "  bagpipe config --template > bagpipe.yaml     every key, its default, what it means",
    })
public final class ConfigCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Option(names = "--template", description = "Print the documented file of all keys instead.")
  private boolean template;

  ConfigCommand() {}

  @Override
  public Integer call() {
    ConfigSources sources = common.sources(Map.of());
    if (template) {
      if (output.json()) {
        throw new ParameterException(
            command.commandLine(),
            "--template is YAML, with a comment for every key: not as --json");
      }
      common.out().print(ConfigSources.template());
      common.out().flush();
    } else {
      output.print(sources.toMap(), out -> out.print(sources.toYaml()));
    }
    return ExitCode.OK;
  }
}
