package io.bagpipe.verticles.cli.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bagpipe.streams.bench.TransportBench;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench transport}. */
@Command(
    name = "transport",
    description =
        "Copies a topic exactly once by a stage, and at least once by plain Kafka clients with the"
            + " same batch settings, in turn: one JSON line a pair. Starts a broker of its own in a"
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
    Path directory = Files.createTempDirectory("bagpipe-transport");
    try (TransportBench bench = new TransportBench(directory, records, bytes)) {
      for (int i = 0; i < WARM_UP; i++) {
        bench.round();
      }
      for (int i = 0; i < pairs; i++) {
        TransportBench.Result result = bench.round();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", "transport");
        line.put("records", records);
        line.put("bytes", bytes);
        line.put("stage_mb_per_s", Math.round(result.stageMegabytesPerSecond() * 10) / 10.0);
        line.put("plain_mb_per_s", Math.round(result.plainMegabytesPerSecond() * 10) / 10.0);
        line.put("ratio", Math.round(result.ratio() * 1000) / 1000.0);
        spec.commandLine().getOut().println(JsonMapper.builder().build().writeValueAsString(line));
        spec.commandLine().getOut().flush();
      }
      return ExitCode.OK;
    } finally {
      Trees.delete(directory);
    }
  }
}
