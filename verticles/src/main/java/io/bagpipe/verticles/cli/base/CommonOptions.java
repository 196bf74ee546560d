package io.bagpipe.verticles.cli.base;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The options that every command with a configuration has: {@code @Mixin private CommonOptions
 * common}.
 */
public final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Configuration, YAML; else what BAGPIPE_CONFIG names. All keys: docs/bagpipe.yaml.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one key of the configuration over file and environment; repeatable.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = {"-v", "--verbose"},
      description = "Log more, and print the stack trace of a failure.")
  private boolean verbose;

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  CommonOptions() {}

  public boolean verbose() {
    return verbose;
  }

  /**
   * For text that is no {@link Output}, such as a script; what is said beside it goes to {@link
   * #err}.
   */
  public PrintWriter out() {
    return command.commandLine().getOut();
  }

  public PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** The configuration as this command line has it. */
  public BagpipeConfig config() {
    return sources(Map.of()).load();
  }

  /**
   * Where the configuration comes from.
   *
   * @param preferred what the command prefers to the built-in defaults; file, environment and
   *     {@code --set} win over it
   */
  public ConfigSources sources(Map<String, String> preferred) {
    Map<String, String> environment = environment();
    Path chosen = file;
    String named = environment.getOrDefault("BAGPIPE_CONFIG", "");
    if (chosen == null && !named.isEmpty()) {
      chosen = Path.of(named);
    }
    return new ConfigSources(preferred, chosen, environment, sets);
  }

  /** The process's environment. */
  public Map<String, String> environment() {
    return ((RootCommand) command.root().userObject()).environment();
  }

  /** {@code bagpipe} itself, with all its commands. */
  public CommandLine rootCommand() {
    return command.root().commandLine();
  }

  /** A command that says itself when Kafka is away needs no warnings of its clients beside that. */
  public void quietKafka() {
    if (!verbose && LoggerFactory.getLogger("org.apache.kafka") instanceof Logger kafka) {
      kafka.setLevel(Level.ERROR);
    }
  }

  static CommonOptions of(CommandLine line) {
    for (Object mixin : line.getMixins().values()) {
      if (mixin instanceof CommonOptions common) {
        return common;
      }
    }
    return new CommonOptions();
  }

  /** Picocli's execution strategy: turns the log up first if that is asked for. */
  public static int runVerbosely(ParseResult result) {
    List<CommandLine> chain = result.asCommandLineList();
    if (of(chain.get(chain.size() - 1)).verbose
        && LoggerFactory.getLogger("io.bagpipe") instanceof Logger ours) {
      ours.setLevel(Level.DEBUG);
    }
    return new CommandLine.RunLast().execute(result);
  }
}
