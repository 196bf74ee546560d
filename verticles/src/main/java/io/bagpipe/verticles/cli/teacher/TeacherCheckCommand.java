package io.bagpipe.verticles.cli.teacher;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.eval.TeacherCheck;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.Teachers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe teacher check}: what a teacher is worth on one's own images. */
@Command(
    name = "check",
    description = {
      "Shows what a teacher is worth on your images, before a student is trained on its word.",
      "How fast it is; how many directions its features use (RankMe, an effective rank); where the"
          + " images have labels (class/name.png), how many neighbours share the anchor's; and a"
          + " picture of bags to look at. Views and teacher are the configuration's."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe teacher check teacher.onnx --data pictures/",
      "  bagpipe teacher check backbone.onnx --data pictures/ --set teacher.projection=orthogonal",
      "  bagpipe teacher check builtin:fashion-mnist --data /usr/share/datasets/fashion-mnist",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class TeacherCheckCommand implements Callable<Integer> {
  /** Below this share of what is possible the features have all but collapsed. */
  private static final double LOW_RANK = 0.02;

  private static final double BARELY_BETTER = 1.5;

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private Output output;

  @Parameters(paramLabel = "FILE", description = "The teacher, ONNX, or builtin:fashion-mnist.")
  private String file;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description = "Images: a folder, an archive, IDX files.")
  private Path data;

  @Option(names = "--images", defaultValue = "1000", description = "Most images (default 1000).")
  private int images;

  @Option(names = "--neighbours", paramLabel = "K", description = "In a bag (default: bags.k).")
  private @Nullable Integer neighbours;

  @Option(names = "--bags", defaultValue = "12", description = "On the picture (default 12).")
  private int bags;

  @Option(
      names = "--sheet",
      paramLabel = "FILE.png",
      description = "Where to write the picture; else the teacher's name with -bags.png, here.")
  private @Nullable Path sheet;

  TeacherCheckCommand() {}

  @Override
  public Integer call() throws IOException {
    BagpipeConfig config = common.sources(Map.of()).with("teacher.path=" + file).load();
    int k = neighbours == null ? config.bags().k() : neighbours;
    if (images < 2 || images > 1_000_000 || k < 1 || k > 50 || bags < 1 || bags > 100) {
      throw new ParameterException(
          spec.commandLine(),
          "expected --images from 2 up, --neighbours 1 to 50 and --bags 1 to 100");
    }
    Path picture = sheet == null ? Path.of(defaultName()) : sheet;
    if (Files.isDirectory(picture)) {
      throw new CommandFailedException(picture + ": is a directory; --sheet takes a file");
    }
    Settings settings = new Settings(config);
    TeacherSource source = TeacherSource.parse(config.teacher().path());
    TeacherCheck.Result result;
    int features;
    int embedding;
    int side;
    try (TeacherEncoder teacher = Teachers.open(source, config, settings);
        ImageSource found = ImageSources.open(data)) {
      features = teacher.featureDimension();
      embedding = teacher.embeddingDimension();
      side = teacher.inputSize();
      result =
          new TeacherCheck(
                  teacher,
                  new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()),
                  settings.decodeLimits().maxEncodedBytes(),
                  found,
                  new TeacherCheck.Request(images, k, bags, config.seed()))
              .run();
    }
    Files.write(picture, result.sheet());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("teacher", source.name());
    line.put("sha256", source.sha256());
    line.put("size", side);
    line.put("images", result.images());
    line.put("unreadable", result.unreadable());
    line.put("refused", result.refused());
    line.put("images_per_s", round(result.imagesPerSecond()));
    line.put("threads", Settings.cores(config.teacher().threads()));
    line.put("features", features);
    line.put("feature_rank", round(result.featureRank()));
    line.put("embedding", embedding);
    line.put("embedding_rank", round(result.embeddingRank()));
    line.put("neighbours", k);
    TeacherCheck.Labels labels = result.labels();
    line.put("classes", labels == null ? null : labels.classes());
    line.put("purity", labels == null ? null : round(labels.purity()));
    line.put("purity_by_chance", labels == null ? null : round(labels.chance()));
    line.put("knn_top1", labels == null ? null : round(labels.knn()));
    line.put("sheet", picture.toString());
    List<String> warnings = warnings(result, features);
    line.put("warnings", warnings);
    output.print(line, out -> words(out, line, result, warnings));
    return ExitCode.OK;
  }

  private static List<String> warnings(TeacherCheck.Result result, int features) {
    List<String> warnings = new ArrayList<>();
    if (result.featureRank() < Math.max(2, LOW_RANK * Math.min(features, result.images()))) {
      warnings.add(
          "the features use very few directions: this teacher hardly tells these images apart");
    }
    TeacherCheck.Labels labels = result.labels();
    if (labels != null && labels.purity() < BARELY_BETTER * labels.chance()) {
      warnings.add(
          "neighbours share a label hardly more often than by chance: look at the bags, and at"
              + " normalisation and size");
    }
    if (result.refused() > 0) {
      warnings.add("the teacher refused images: its features are not finite, or zero");
    }
    return warnings;
  }

  private static void words(
      PrintWriter out,
      Map<String, Object> line,
      TeacherCheck.Result result,
      List<String> warnings) {
    TeacherCheck.Labels labels = result.labels();
    out.printf(
        Locale.ROOT,
        "%s: %d images of %s pixels (%d unreadable, %d refused), %s on %s threads%n",
        line.get("teacher"),
        result.images(),
        line.get("size"),
        result.unreadable(),
        result.refused(),
        result.imagesPerSecond() > 0
            ? String.format(Locale.ROOT, "%.1f images/s a pass", result.imagesPerSecond())
            : "too few images to time",
        line.get("threads"));
    out.printf(
        Locale.ROOT,
        "features: %s, effective rank %.1f; embedding: %s, effective rank %.1f%n",
        line.get("features"),
        result.featureRank(),
        line.get("embedding"),
        result.embeddingRank());
    if (labels == null) {
      out.println("labels: none, so nobody knows whether neighbours are alike: look at the bags");
    } else {
      out.printf(
          Locale.ROOT,
          "labels: %d; of %s neighbours %.3f share the anchor's (by chance %.3f); their vote is"
              + " right for %.3f%n",
          labels.classes(),
          line.get("neighbours"),
          labels.purity(),
          labels.chance(),
          labels.knn());
    }
    out.println("bags: " + line.get("sheet"));
    warnings.forEach(warning -> out.println("WARNING: " + warning));
  }

  private String defaultName() {
    String name = file.replaceFirst("\\.onnx$", "").replaceFirst(".*/", "");
    return name.replace(':', '-') + "-bags.png";
  }

  private static double round(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
