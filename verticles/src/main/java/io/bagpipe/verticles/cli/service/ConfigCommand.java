package io.bagpipe.verticles.cli.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.config.ConfigSources;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Option(names = "--template", description = "Print the documented file of all keys instead.")
  private boolean template;

  ConfigCommand() {}

  @Override
  public Integer call() throws JsonProcessingException {
    ConfigSources sources = common.sources(Map.of());
    if (template) {
      common.out().print(ConfigSources.template());
    } else if (common.json()) {
      common.out().println(JsonMapper.builder().build().writeValueAsString(sources.toMap()));
    } else {
      common.out().print(sources.toYaml());
    }
    common.out().flush();
    return ExitCode.OK;
  }
}
