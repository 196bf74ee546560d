package io.bagpipe.verticles.cli.bench;

import io.bagpipe.streams.bench.TransportBench;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench transport}. */
@Command(
    name = "transport",
    description =
        "Copies a topic exactly once by a stage, and at least once by plain Kafka clients with the"
            + " same batch settings, in turn. Starts a broker of its own in a"
            + " temporary directory.",
    footer = {"", "Example:", "  bagpipe bench transport --records 6000 --bytes 65536 --pairs 5"})
public final class TransportBenchCommand implements Callable<Integer> {
  /** The compiler takes a core of two until about as many have run. */
  private static final int WARM_UP = 4;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(names = "--records", defaultValue = "6000", description = "Records copied.")
  private int records;

  @Option(names = "--bytes", defaultValue = "65536", description = "Bytes of each.")
  private int bytes;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      description = "Pairs; four more go before, to warm up.")
  private int pairs;

  TransportBenchCommand() {}

  @Override
  public Integer call() throws Exception {
    if (pairs < 1) {
      throw new ParameterException(spec.commandLine(), "--pairs " + pairs + ": expected 1 or more");
    }
    Path directory = Files.createTempDirectory("bagpipe-transport");
    try (TransportBench bench = new TransportBench(directory, records, bytes)) {
      for (int i = 0; i < WARM_UP; i++) {
        bench.round();
      }
      List<TransportBench.Result> results = new ArrayList<>();
      for (int i = 0; i < pairs; i++) {
        results.add(bench.round());
        output.printEarly(words(results.get(i)));
      }
      double median = results.stream().mapToDouble(r -> r.ratio()).sorted().toArray()[pairs / 2];
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("what", "transport");
      document.put("records", records);
      document.put("bytes", bytes);
      document.put("pairs", results.stream().map(TransportBenchCommand::document).toList());
      document.put("ratio_median", rounded(median, 1000));
      output.print(document, out -> out.printf(Locale.ROOT, "median ratio %.2f%n", median));
      return ExitCode.OK;
    } finally {
      Trees.delete(directory);
    }
  }

  private static String words(TransportBench.Result pair) {
    return String.format(
        Locale.ROOT,
        "stage %.1f MB/s, plain clients %.1f MB/s: %.2f",
        pair.stageMegabytesPerSecond(),
        pair.plainMegabytesPerSecond(),
        pair.ratio());
  }

  private static Map<String, Object> document(TransportBench.Result pair) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("stage_mb_per_s", rounded(pair.stageMegabytesPerSecond(), 10));
    document.put("plain_mb_per_s", rounded(pair.plainMegabytesPerSecond(), 10));
    document.put("ratio", rounded(pair.ratio(), 1000));
    return document;
  }

  private static double rounded(double value, int units) {
    return Math.round(value * units) / (double) units;
  }
}
