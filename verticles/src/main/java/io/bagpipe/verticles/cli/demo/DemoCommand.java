package io.bagpipe.verticles.cli.demo;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.cli.base.ProgressDisplay;
import io.bagpipe.verticles.cli.base.Terminal;
import io.bagpipe.verticles.cli.base.Trees;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.StudentConfig.Arch;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.demo.Demo;
import io.bagpipe.verticles.demo.DemoReport;
import io.bagpipe.verticles.demo.DemoResult;
import io.bagpipe.verticles.demo.RunLength;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.service.Service;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
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

/** {@code bagpipe demo}: the whole service on Fashion-MNIST, with a report. */
@Command(
    name = "demo",
    description =
        "Trains a student on Fashion-MNIST through the whole service: embedded broker, all stages,"
            + " dashboard; ends with a report.",
    footer = {
      "",
      "Examples:",
      "  bagpipe demo                               about four minutes on two cores",
      "  bagpipe demo --images 8000 --json          shorter; the result as JSON",
      "  bagpipe demo --data ~/pictures --out my-run        class/name.png of your own",
      "",
      "Exit code 4 when the student ended worse than untrained, by kNN top-1 on held-out images; when",
      "only the linear probe fell, that is said.",
    })
public final class DemoCommand implements Callable<Integer> {
  private static final long DEFAULT_IMAGES = 25_600;
  private static final int NARROW = 16;

  private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Images to push; the same ones again when there are fewer. Default: 25600.")
  private long images = DEFAULT_IMAGES;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "IDX files or an image folder (class/name.png); else Fashion-MNIST is found.")
  private @Nullable Path data;

  @Option(names = "--out", paramLabel = "DIR", description = "The run's directory; else runs/<id>.")
  private @Nullable Path out;

  @Option(names = "--student", paramLabel = "ARCH", description = "The same as student.arch.")
  private @Nullable String student;

  @Option(names = "--width", paramLabel = "N", description = "The same as student.width.")
  private @Nullable Integer width;

  @Option(
      names = "--keep-state",
      description = "Keep the embedded broker's files in the run's directory.")
  private boolean keepState;

  DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    long began = jvmStartNanos();
    if (images < 1) {
      throw new CommandFailedException("--images " + images + ": expected at least 1");
    }
    String id = "demo-" + LocalDateTime.now(ZoneId.systemDefault()).format(ID);
    Path directory = (out == null ? Path.of("runs", id) : out).toAbsolutePath().normalize();
    if (Files.exists(directory.resolve(DemoReport.JSON))) {
      throw new CommandFailedException(
          directory + " holds the report of another run; choose another --out");
    }
    Path found =
        FashionMnist.usual(common.config().data().datasets(), common.err()::println).locate(data);
    Path state = directory.resolve("state");
    BagpipeConfig config = config(state, found);
    Demo demo = new Demo(config, new RunPlace(id, directory, images), found, images, began);
    DemoResult result = run(demo, config);
    new DemoReport(directory).write(result, Objects.requireNonNull(demo.watch()).curves());
    if (!keepState && config.data().dir().equals(state)) {
      Trees.delete(state);
    }
    say(result, found);
    if (!result.warning().isEmpty()) {
      common.err().println(result.warning());
    }
    return exitCode(result);
  }

  static int exitCode(DemoResult result) {
    return result.worseThanUntrained() ? ExitCode.WORSE : ExitCode.OK;
  }

  private static long jvmStartNanos() {
    long age = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    return System.nanoTime() - age * 1_000_000;
  }

  /** The demo's own wishes; file, environment and --set win over them, its options over those. */
  private BagpipeConfig config(Path state, Path found) {
    Map<String, String> preferred = new LinkedHashMap<>();
    preferred.put("data.dir", state.toString());
    preferred.put("teacher.path", TeacherConfig.BUILTIN);
    preferred.put("eval.dir", found.toAbsolutePath().toString());
    preferred.put("eval.every-images", Long.toString(Math.max(1, images / 4)));
    preferred.put("eval.share", "1"); // its curve has its points, whatever they cost
    preferred.putAll(RunLength.keys(images));
    BagpipeConfig config = sources(preferred).load();
    if (config.student().arch() != Arch.RESNET18 || config.student().width() > NARROW) {
      return config;
    }
    preferred.put("train.threads", Integer.toString(Demo.narrowThreads()));
    return sources(preferred).load();
  }

  private ConfigSources sources(Map<String, String> preferred) {
    ConfigSources sources = common.sources(preferred);
    if (student != null) {
      sources = sources.with("student.arch=" + student);
    }
    if (width != null) {
      sources = sources.with("student.width=" + width);
    }
    return sources;
  }

  private DemoResult run(Demo demo, BagpipeConfig config) throws IOException, InterruptedException {
    DemoLines lines = new DemoLines(demo, images);
    try (ProgressDisplay display =
        ProgressDisplay.start(Terminal.detect(common.err()), lines::now)) {
      return demo.run(
          service -> display.say(where(service, config)), event -> tell(display, event));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CommandFailedException(String.valueOf(cause.getMessage()), cause);
    }
  }

  private static String where(Service service, BagpipeConfig config) {
    return service.httpPort() < 0
        ? "kafka " + service.kafka().bootstrapServers()
        : "dashboard: " + config.http().url(service.httpPort());
  }

  private static void tell(ProgressDisplay display, OpsEvent event) {
    if (event instanceof EvaluationEvent evaluation && evaluation.knnTop1() != null) {
      Double linear = evaluation.linearTop1();
      display.say(
          String.format(
              Locale.ROOT,
              "kNN top-1 on held-out images after %,d images: %.3f%s",
              evaluation.anchors(),
              evaluation.knnTop1(),
              linear == null ? "" : String.format(Locale.ROOT, ", linear %.3f", linear)));
    }
  }

  private void say(DemoResult result, Path found) {
    output.print(
        result,
        out ->
            out.printf(
                Locale.ROOT,
                "%,d images, %,d trained, %,d dead letters; kNN top-1 %.3f -> %.3f, linear %.3f -> %.3f, loss %.3f -> %.3f;"
                    + " %.0f anchors/s, %.0f s%nreport:     %s%ncheckpoint: %s%nmore:       bagpipe evaluate %s --data %s%n",
                result.images(),
                result.anchorsTrained(),
                result.deadLetters(),
                result.knnTop1Start(),
                result.knnTop1End(),
                result.linearTop1Start(),
                result.linearTop1End(),
                result.lossStart(),
                result.lossEnd(),
                result.anchorsPerSecond(),
                result.seconds(),
                Path.of(result.runDir(), DemoReport.MARKDOWN),
                result.checkpoint(),
                result.runDir(),
                found));
  }
}
