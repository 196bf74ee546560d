package io.bagpipe.verticles.cli.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How a command's result is printed: in words, or with {@code --json} as one JSON document, which
 * is then all there is on standard output. Every command that prints a result has it, {@code @Mixin
 * private Output output}, and prints nothing but through it.
 */
public final class Output {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Option(names = "--json", description = "Print the result as one JSON document.")
  private boolean json;

  Output() {}

  /** Whether the result is wanted as JSON. */
  public boolean json() {
    return json;
  }

  /**
   * Prints the result.
   *
   * @param document what Jackson makes one JSON object of: a map, a record, a tree
   * @param words prints the same for people
   */
  public void print(Object document, Consumer<PrintWriter> words) {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      out.println(text(document));
    } else {
      words.accept(out);
    }
    out.flush();
  }

  /** Prints a part of the result that is known before the end; JSON waits for the whole. */
  public void printEarly(String words) {
    if (!json) {
      PrintWriter out = command.commandLine().getOut();
      out.println(words);
      out.flush();
    }
  }

  private static String text(Object document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result that is no JSON", e);
    }
  }
}
