package io.bagpipe.verticles.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void printsTheEffectiveConfiguration() {
    assertThat(run("config", "--set", "train.batch=7", "--set=seed=3")).isZero();
    assertThat(out.toString()).contains("batch: 7").contains("seed: 3");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void printsItAsOneJsonObject() {
    assertThat(run("config", "--json")).isZero();
    assertThat(out.toString())
        .startsWith("{\"preset\":\"fashion-mnist\",\"seed\":1,")
        .contains("\"train.batch\":64")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          config --frobnicate      | bagpipe config: Unknown option: '--frobnicate' (see bagpipe config --help)
          config --set seed=x      | bagpipe config: seed: "x" is not valid; expected a whole number (set by --set)
          config -c /none.yaml     | bagpipe config: /none.yaml: no such configuration file
          run --set teacher.path=builtin:fashion-mnist --set http.host=:: | bagpipe run: http.host: '::' is reachable from other hosts; set http.token or
          run                      | bagpipe run: teacher.path: is not set, and the student learns from a teacher
          run --set preset=photos  | bagpipe run: preset: "photos" is not valid; expected fashion-mnist, cifar,
          frobnicate               | bagpipe: Unmatched argument at index 0: 'frobnicate'
          """)
  void whatIsNotValidIsOneLineAndExitCodeTwo(String line, String expected) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith(expected).hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void verboseAddsTheStackTrace() {
    assertThat(run("config", "-v", "--set", "seed=x")).isEqualTo(2);
    assertThat(err.toString()).contains("\tat io.bagpipe");
  }

  @Test
  void everyCommandHelpsWithAnExample() {
    CommandLine root = BagpipeCommand.commandLine(Map.of());
    assertHelps(root);
    root.getSubcommands().values().forEach(CommandLineTest::assertHelpsWithItsSubcommands);
  }

  private static void assertHelpsWithItsSubcommands(CommandLine command) {
    assertHelps(command);
    command.getSubcommands().values().forEach(CommandLineTest::assertHelpsWithItsSubcommands);
  }

  private static void assertHelps(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    assertThat(command.getCommandSpec().optionsMap()).as(name).containsKeys("--help", "-h");
    assertThat(command.getUsageMessage()).as(name).contains("Example").contains(name + " ");
  }

  @Test
  void whatFailsIsOneLineAndExitCodeOne() {
    assertThat(run("inspect", "/none.safetensors")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("bagpipe inspect: ")
        .contains("/none.safetensors")
        .hasLineCount(1);
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Exit codes: 0 done", "1 failed", "2 command line");
  }

  @Test
  void theShellCompletesCommandsAndOptions(@TempDir Path directory) throws Exception {
    assertThat(run("completion", "zsh")).isZero();
    assertThat(run("completion", "fish")).isEqualTo(2);
    out.getBuffer().setLength(0);
    assertThat(run("completion", "bash")).isZero();
    Path script = Files.writeString(directory.resolve("bagpipe"), out.toString());

    assertThat(completed(script, "ins")).contains("inspect");
    assertThat(completed(script, "dlq", "re")).contains("replay");
    assertThat(completed(script, "run", "--ro")).contains("--roles");
  }

  private static String completed(Path script, String... words) throws Exception {
    String line =
        "source '%s'; COMP_WORDS=(bagpipe %s); COMP_CWORD=%d; _complete_bagpipe; echo \"${COMPREPLY[@]}\""
            .formatted(script, String.join(" ", words), words.length);
    Process bash = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    return said;
  }

  private int run(String... args) {
    return BagpipeCommand.execute(
        args, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
