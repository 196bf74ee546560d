package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.bench.DriftBench;
import io.bagpipe.model.bench.KnownStreams;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.data.Split;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench drift}. */
@Command(
    name = "drift",
    description = {
      "Changes of a stream: how many images until each is found, and false alarms.",
      "Orders a data set's images by its classes, or several data sets one after the other, asks the"
          + " teacher for their features, and watches that stream as the service would. Keys of the"
          + " configuration (teacher.*, views.*, drift.*) count. Needs no Kafka.",
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe bench drift /usr/share/datasets/fashion-mnist",
      "  bagpipe bench drift google/ twitter/ --images 1890 --seeds 5",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class DriftBenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private Output output;

  @Parameters(
      arity = "1..*",
      paramLabel = "DATA",
      description =
          "A data set, by whose classes the phases are made, two or more of them to one; or several,"
              + " each of which is a phase.")
  private List<Path> places;

  @Option(
      names = "--images",
      defaultValue = "5120",
      description = "Images of a phase (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--seeds",
      defaultValue = "3",
      description = "Orders that are tried (default: ${DEFAULT-VALUE}).")
  private int seeds;

  DriftBenchCommand() {}

  @Override
  public Integer call() throws IOException {
    if (images < 1 || seeds < 1) {
      throw new ParameterException(spec.commandLine(), "expected --images and --seeds 1 or more");
    }
    BagpipeConfig config = common.config();
    config.teacher().require();
    KnownStreams streams = new KnownStreams(groups(config), images);
    DriftBench bench = new DriftBench(new Settings(config).drift(), config.seed());
    List<Map<String, Object>> lines = new ArrayList<>();
    for (KnownStreams.Order order : KnownStreams.Order.values()) {
      for (int seed = 1; seed <= seeds; seed++) {
        lines.add(line(order, seed, bench.run(streams.of(order, seed))));
      }
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("what", "drift");
    document.put("reference", config.drift().reference());
    document.put("window", config.drift().window());
    document.put("run_length", config.drift().runLength());
    document.put("images_a_phase", images);
    document.put("streams", lines);
    output.print(document, out -> lines.forEach(line -> out.println(words(line))));
    return ExitCode.OK;
  }

  private List<List<float[]>> groups(BagpipeConfig config) throws IOException {
    List<ImageSource> sources = new ArrayList<>();
    try (DriftFeatures teacher = new DriftFeatures(config)) {
      for (Path place : places) {
        sources.add(ImageSources.open(place, Split.TRAIN));
      }
      List<List<float[]>> groups =
          sources.size() > 1 ? teacher.bySource(sources) : teacher.byClass(sources.get(0));
      if (groups.size() < 2) {
        throw new CommandFailedException(
            places.get(0) + ": of one class; name a data set of several, or several data sets");
      }
      return groups;
    } finally {
      for (ImageSource source : sources) {
        source.close();
      }
    }
  }

  private static Map<String, Object> line(
      KnownStreams.Order order, int seed, DriftBench.Result result) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("order", order.name().toLowerCase(Locale.ROOT));
    line.put("seed", seed);
    line.put("delays", result.delays());
    line.put("missed", result.delays().stream().filter(delay -> delay < 0).count());
    line.put("false_alarms", result.falseAlarms());
    line.put("cpu_us_an_image", Math.round(result.microsecondsAnImage() * 10) / 10.0);
    return line;
  }

  private static String words(Map<String, Object> line) {
    return String.format(
        Locale.ROOT,
        "%-10s seed %s: found after %s images, %s missed, %s false alarms, %s µs an image",
        line.get("order"),
        line.get("seed"),
        line.get("delays"),
        line.get("missed"),
        line.get("false_alarms"),
        line.get("cpu_us_an_image"));
  }
}
