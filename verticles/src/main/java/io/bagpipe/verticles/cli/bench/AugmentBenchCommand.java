package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.bench.AugmentBench;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe bench augment}. */
@Command(
    name = "augment",
    description = "Reads image files and draws views of them: images a second.",
    footer = {"", "Example:", "  bagpipe bench augment --dir photos --size 224 --views 2"})
@SuppressWarnings("NullAway.Init") // picocli sets them
public final class AugmentBenchCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("unused")
  private HelpOptions help;

  @Mixin private Output output;

  @Option(names = "--dir", required = true, description = "folder with PNG and JPEG files")
  private Path dir;

  @Option(names = "--size", defaultValue = "32", description = "size of the views, pixels")
  private int size;

  @Option(names = "--views", defaultValue = "2", description = "views of each image, 1 to 3")
  private int views;

  @Option(names = "--threads", defaultValue = "1", description = "threads")
  private int threads;

  AugmentBenchCommand() {}

  @Override
  public Integer call() throws Exception {
    AugmentBench.Result result = new AugmentBench(dir, size, views, threads).run();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "augment");
    line.put("size", size);
    line.put("dir", dir.toString());
    line.put("images", result.images());
    line.put("views", views);
    line.put("images_per_s", rounded(result.imagesPerSecond()));
    line.put("views_per_s", rounded(result.viewsPerSecond()));
    line.put("threads", threads);
    line.put("allocated_bytes_per_image", Math.round(result.allocatedBytesPerImage()));
    output.print(
        line,
        out ->
            out.printf(
                Locale.ROOT,
                "%,.1f images/s, %,.1f views/s: %,d images of %s, %d views of %d pixels each, %d threads%n",
                result.imagesPerSecond(),
                result.viewsPerSecond(),
                result.images(),
                dir,
                views,
                size,
                threads));
    return ExitCode.OK;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
