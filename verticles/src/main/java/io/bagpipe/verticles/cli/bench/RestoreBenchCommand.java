package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.bench.RestoreBench;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe bench restore}. */
@Command(
    name = "restore",
    description =
        "Rebuilding a window from the log of embeddings, as after a restart: seconds, best of"
            + " several. Starts a broker of its own in a temporary directory.",
    footer = {
      "",
      "Example:",
      "  bagpipe bench restore --window 65536 --dim 512",
    })
public final class RestoreBenchCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(names = "--window", defaultValue = "65536", description = "Images in the window.")
  private int window;

  @Option(names = "--dim", defaultValue = "512", description = "Values of a feature vector.")
  private int dimension;

  @Option(names = "--size", defaultValue = "32", description = "Side of a view, pixels.")
  private int size;

  @Option(
      names = "--image-bytes",
      defaultValue = "1024",
      description = "Bytes of an encoded image.")
  private int imageBytes;

  @Option(names = "--iters", defaultValue = "3", description = "Times it is rebuilt.")
  private int iterations;

  RestoreBenchCommand() {}

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("bagpipe-restore");
    try {
      var shape = new RestoreBench.Shape(window, dimension, size, imageBytes);
      RestoreBench.Result result = new RestoreBench(shape).run(directory, iterations);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("what", "restore");
      line.put("window", window);
      line.put("dim", dimension);
      line.put("size", size);
      line.put("image_bytes", imageBytes);
      line.put("restore_s", Math.round(result.restoreSeconds() * 1e3) / 1e3);
      line.put("images_per_s", Math.round(window / result.restoreSeconds()));
      line.put("log_bytes", result.logBytes());
      output.print(
          line,
          out ->
              out.printf(
                  Locale.ROOT,
                  "a window of %,d x %d rebuilt in %.3f s: %,.0f images/s, %,.1f MB of log%n",
                  window,
                  dimension,
                  result.restoreSeconds(),
                  window / result.restoreSeconds(),
                  result.logBytes() / 1e6));
      return ExitCode.OK;
    } finally {
      Trees.delete(directory);
    }
  }
}
