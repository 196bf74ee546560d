package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.bench.KnnBench;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.RootCommand;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench knn}. */
@Command(
    name = "knn",
    description = "Exact nearest neighbours in a rolling window: queries a second.",
    footer = {
      "",
      "Example:",
      "  OMP_NUM_THREADS=2 bagpipe bench knn --window 65536 --dim 512 --batch 64 --k 6 --threads 2",
    })
public final class KnnBenchCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(names = "--window", defaultValue = "65536", description = "Vectors in the window.")
  private int window;

  @Option(names = "--dim", defaultValue = "512", description = "Values of a vector.")
  private int dimension;

  @Option(names = "--batch", defaultValue = "64", description = "Vectors of a call.")
  private int batch;

  @Option(names = "--k", defaultValue = "6", description = "Neighbours.")
  private int neighbours;

  @Option(names = "--warmup", defaultValue = "100", description = "Calls before the clock runs.")
  private int warmUps;

  @Option(names = "--iters", defaultValue = "50", description = "Calls that are timed.")
  private int iterations;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads that are expected: oneDNN takes them from OMP_NUM_THREADS.")
  private int threads;

  @Option(
      names = "--duplicates",
      defaultValue = "0",
      description =
          "Share of the vectors that are near-duplicates (cosine 0.999 or more) of 16 others, in"
              + " [0, 1): a crowded window.")
  private double duplicates;

  KnnBenchCommand() {}

  @Override
  public Integer call() {
    checkThreads();
    if (!(duplicates >= 0 && duplicates < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--duplicates is " + duplicates + ", must be in [0, 1)");
    }
    KnnBench.Result result =
        new KnnBench(window, dimension, batch, neighbours, warmUps, iterations, duplicates).run();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "knn");
    line.put("window", window);
    line.put("dim", dimension);
    line.put("batch", batch);
    line.put("k", neighbours);
    if (duplicates > 0) {
      line.put("duplicates", duplicates);
    }
    line.put("search_queries_per_s", rounded(result.searchPerSecond()));
    line.put("rolling_inserts_and_queries_per_s", rounded(result.rollingPerSecond()));
    line.put("threads", threads);
    line.put("scan", result.scan().name());
    line.put("index_bytes", result.indexBytes());
    line.put("fill_s", rounded(result.fillSeconds()));
    output.print(
        line,
        out ->
            out.printf(
                Locale.ROOT,
                "search %,.0f queries/s, insert and search %,.0f/s: window %,d x %d, batches of %d,"
                    + " k %d, %d threads, scan %s; index %,.1f MB, filled in %.1f s%n",
                result.searchPerSecond(),
                result.rollingPerSecond(),
                window,
                dimension,
                batch,
                neighbours,
                threads,
                result.scan(),
                result.indexBytes() / 1e6,
                result.fillSeconds()));
    return ExitCode.OK;
  }

  /** The native pool reads its size from the environment alone, so it can only be compared. */
  private void checkThreads() {
    RootCommand bagpipe = (RootCommand) spec.root().userObject();
    String set = bagpipe.environment().get("OMP_NUM_THREADS");
    String actual = set == null ? "" + Runtime.getRuntime().availableProcessors() : set;
    if (!actual.equals("" + threads)) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads is "
              + threads
              + " but the native pool has "
              + actual
              + "; start with OMP_NUM_THREADS="
              + threads);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
