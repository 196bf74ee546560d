package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.bench.PipelineBench;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.Trees;
import io.bagpipe.verticles.cli.demo.FashionMnist;
import io.bagpipe.verticles.config.CheckpointConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.demo.Demo;
import io.bagpipe.verticles.ops.events.Stage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagpipe bench pipeline}. */
@Command(
    name = "pipeline",
    description =
        "Every stage alone, then all at once: images a second, utilisation, and how long the"
            + " trainer starved. Alone, a stage has every core that it wants; together they share"
            + " them: the student leaves one to the others, in both runs, so that what the stages"
            + " cost each other beyond the cores shows. Checkpoints are written every 10 s, so that"
            + " some fall into the time that is measured: what they cost the trainer is told as a"
            + " share of that time, and as the share that it is with the default checkpoint.every."
            + " Starts brokers of its own in a temporary directory.",
    footer = {
      "",
      "Examples:",
      "  bagpipe bench pipeline --student tiny       transport dominates",
      "  bagpipe bench pipeline --student demo --images 8000",
      "  bagpipe bench pipeline --student demo --student-threads 0      it may have every core",
      "  bagpipe bench pipeline --preset imagenet --teacher resnet50.onnx --data ~/photos",
    })
public final class PipelineBenchCommand implements Callable<Integer> {
  /** Which network is trained. */
  enum Size {
    /** So small that transport dominates. */
    TINY,
    /** The demo's. */
    DEMO,
    /** The configuration's own. */
    PRESETS
  }

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(
      names = "--student",
      description = "tiny or demo. Default: the preset's own with --preset, else tiny.")
  private @Nullable Size student;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "The same as preset: its views, student and batch. Needs --data.")
  private @Nullable String preset;

  @Option(
      names = "--teacher",
      paramLabel = "FILE",
      description = "The same as teacher.path; else the stand-in.")
  private @Nullable String teacher;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Default: 20000; demo 8000; with --preset ten batches.")
  private @Nullable Long images;

  @Option(
      names = "--student-threads",
      paramLabel = "N",
      description =
          "Cores of the student, alone and together; 0 for all. Default: all but one, as in the"
              + " demo.")
  private @Nullable Integer studentThreads;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "IDX files or an image folder (class/name.png); else Fashion-MNIST is found.")
  private @Nullable Path data;

  PipelineBenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    long count = images != null ? images : standardImages();
    long least = size() == Size.PRESETS ? 4L * sources().load().train().batch() : 1000;
    if (count < least) {
      throw new CommandFailedException("--images " + count + ": expected at least " + least);
    }
    if (preset != null && data == null) {
      throw new CommandFailedException(
          "--preset " + preset + ": needs pictures of its kind; give --data DIR");
    }
    Path found =
        FashionMnist.usual(common.config().data().datasets(), common.err()::println).locate(data);
    Path directory = Files.createTempDirectory("bagpipe-pipeline");
    try {
      print(new PipelineBench(sources(), found, directory, count).run(), count);
      return ExitCode.OK;
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new CommandFailedException(String.valueOf(cause.getMessage()), cause);
    } finally {
      Trees.delete(directory);
    }
  }

  private Size size() {
    return student != null ? student : preset != null ? Size.PRESETS : Size.TINY;
  }

  private long standardImages() {
    return switch (size()) {
      case TINY -> 20_000;
      case DEMO -> 8_000;
      case PRESETS -> 10L * sources().load().train().batch();
    };
  }

  private ConfigSources sources() {
    Map<String, String> preferred = new LinkedHashMap<>();
    preferred.put("checkpoint.every", "10s");
    preferred.put("teacher.path", TeacherConfig.BUILTIN);
    Size size = size();
    if (size != Size.PRESETS) {
      preferred.put("train.batch", size == Size.TINY ? "64" : "32");
    }
    if (size == Size.TINY) {
      preferred.put("student.width", "4");
      preferred.put("student.head-hidden", "32");
      preferred.put("train.queue", "256");
      preferred.put("bags.window", "1024");
    }
    preferred.put(
        "train.threads",
        Integer.toString(Objects.requireNonNullElseGet(studentThreads, Demo::narrowThreads)));
    ConfigSources sources = common.sources(preferred);
    if (preset != null) {
      sources = sources.with("preset=" + preset);
    }
    return teacher == null ? sources : sources.with("teacher.path=" + teacher);
  }

  private void print(PipelineBench.Result result, long count) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("what", "pipeline");
    line.put("preset", sources().load().preset());
    line.put("student", size().name().toLowerCase(Locale.ROOT));
    line.put("images", count);
    line.put("student_threads", sources().load().train().threads());
    line.put("measured_s", rounded(result.measuredSeconds(), 1));
    line.put("images_per_s", rounded(result.imagesPerSecond(), 1));
    line.put("slowest_alone_images_per_s", rounded(result.slowestAlone(), 1));
    line.put("of_slowest_alone", rounded(result.imagesPerSecond() / result.slowestAlone(), 3));
    line.put("trainer_starved", rounded(result.trainerStarved(), 4));
    PipelineBench.Saving saving = result.saving();
    line.put("checkpoints", saving.checkpoints());
    line.put("checkpoint_share", rounded(saving.share(), 5));
    line.put("checkpoint_seconds", rounded(saving.meanSeconds(), 4));
    line.put(
        "checkpoint_share_at_default",
        rounded(saving.shareAt(CheckpointConfig.standardEvery()), 5));
    for (Stage stage : Stage.values()) {
      PipelineBench.StageResult of = Objects.requireNonNull(result.stages().get(stage));
      line.put(stage.id() + "_alone_images_per_s", rounded(of.alonePerSecond(), 1));
      line.put(stage.id() + "_busy", rounded(of.busyTogether(), 3));
    }
    output.print(line, out -> print(line, out));
  }

  private static void print(Map<String, @Nullable Object> line, PrintWriter out) {
    out.printf(
        "%s images/s together, %s of the slowest stage alone (%s); trainer starved %s of the time,"
            + " checkpoints took %s%n",
        line.get("images_per_s"),
        line.get("of_slowest_alone"),
        line.get("slowest_alone_images_per_s"),
        line.get("trainer_starved"),
        line.get("checkpoint_share"));
    for (Stage stage : Stage.values()) {
      out.printf(
          "%-8s %10s images/s alone, busy %s together%n",
          stage.id(), line.get(stage.id() + "_alone_images_per_s"), line.get(stage.id() + "_busy"));
    }
  }

  private static @Nullable Double rounded(double value, int digits) {
    if (Double.isNaN(value)) {
      return null; // too fast to be measured
    }
    double unit = Math.pow(10, digits);
    return Math.round(value * unit) / unit;
  }
}
