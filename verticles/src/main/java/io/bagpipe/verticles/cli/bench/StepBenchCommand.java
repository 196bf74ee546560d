package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.bench.SteadyCheck;
import io.bagpipe.model.bench.StepBench;
import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.nativelib.MatrixSpeed;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bagpipe bench step}. */
@Command(
    name = "step",
    description = "A whole training step: the objective's passes, its loss, the update.",
    footer = {
      "",
      "Examples:",
      "  bagpipe bench step --width 64 --size 32 --batch 64 --stem cifar --queue 65536",
      "  bagpipe bench step --width 16 --profile      time by kind of operation",
      "  bagpipe bench step --width 16 --objective all      what each objective's step costs",
      "  bagpipe bench step --width 8 --batch 16 --queue 1024 --steady 2000",
      "  bagpipe bench step --engine torch --device cuda --precision bf16 --stem imagenet --size 224 --batch 256",
    })
public final class StepBenchCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final String BESIDE = "bingo";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Option(names = "--arch", defaultValue = "resnet18", description = "torchvision's name.")
  @SuppressWarnings("NullAway.Init")
  private String arch;

  @Option(names = "--width", defaultValue = "64", description = "Base width of a ResNet.")
  private int width;

  @Option(names = "--size", defaultValue = "32", description = "Side of the views, pixels.")
  private int size;

  @Option(names = "--batch", defaultValue = "64", description = "Anchors a step.")
  private int batch;

  @Option(names = "--stem", defaultValue = "cifar", description = "cifar or imagenet.")
  @SuppressWarnings("NullAway.Init")
  private String stem;

  @Option(
      names = "--objective",
      defaultValue = "bingo",
      description = "What is learned by: ${COMPLETION-CANDIDATES}; all compares them.",
      completionCandidates = ObjectiveNames.class)
  @SuppressWarnings("NullAway.Init")
  private String objective;

  @Option(names = "--queue", defaultValue = "65536", description = "Negatives.")
  private int queue;

  @Option(names = "--iters", defaultValue = "5", description = "Steps that are timed.")
  private int iterations;

  @Option(
      names = "--engine",
      defaultValue = EngineOptions.AUTO,
      description = "As student.engine: auto, onednn, nd4j, torch.")
  @SuppressWarnings("NullAway.Init")
  private String engine;

  @Option(names = "--device", defaultValue = "auto", description = "As student.device.")
  @SuppressWarnings("NullAway.Init")
  private String device;

  @Option(
      names = "--precision",
      defaultValue = EngineOptions.FLOAT32,
      description = "As student.precision: float32, tf32, bf16, where the engine has it.")
  @SuppressWarnings("NullAway.Init")
  private String precision;

  @Option(names = "--threads", defaultValue = "0", description = "Cores; 0 for all.")
  private int threads;

  @Option(names = "--profile", description = "Print time by kind of operation to stderr.")
  private boolean profile;

  @Option(
      names = "--steady",
      paramLabel = "STEPS",
      description = "Run so many steps instead, and fail if memory grows.")
  private int steady;

  /** For the help and for completion. */
  static final class ObjectiveNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    ObjectiveNames() {
      super(Objectives.names());
      add(ALL);
    }
  }

  StepBenchCommand() {}

  @Override
  public Integer call() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", steady > 0 ? "steady" : "step");
    line.put("width", width);
    line.put("size", size);
    line.put("batch", batch);
    line.put("queue", queue);
    line.put("objective", objective);
    line.put("stem", stem);
    line.put("precision", precision);
    if (objective.equals(ALL)) {
      return compare(line);
    }
    String words;
    boolean good = true;
    try (StepBench bench = new StepBench(settings(objective))) {
      line.put("engine", bench.engine());
      if (steady > 0) {
        SteadyCheck.Result result = SteadyCheck.run(bench, steady);
        describe(result, line);
        words = words(result);
        good = result.flat();
      } else {
        StepBench.Result result = bench.run(iterations, profile);
        describe(result, line);
        words = words(result);
        if (profile) {
          printProfile(result);
        }
      }
      line.put("device_peak_bytes", bench.devicePeakBytes());
    } catch (OutOfMemoryError e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    output.print(line, out -> out.println(words));
    return good ? ExitCode.OK : ExitCode.FAILED;
  }

  private String words(StepBench.Result result) {
    return String.format(
        Locale.ROOT,
        "%,.1f anchors/s, a step in %.4f s: %s of width %d, %s stem, %d pixels, batch %d, queue %,d",
        batch / result.seconds(),
        result.seconds(),
        arch,
        width,
        stem,
        size,
        batch,
        queue);
  }

  private String words(SteadyCheck.Result result) {
    return String.format(
        Locale.ROOT,
        "memory %s over %,d steps: native %,d to %,d bytes, resident %,d to %,d%s",
        result.flat() ? "is level" : "GROWS",
        steady,
        result.afterWarmUp().nativeBytes(),
        result.atEnd().nativeBytes(),
        result.afterWarmUp().residentBytes(),
        result.atEnd().residentBytes(),
        result.atEnd().devicePeakBytes() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", most on the GPU %,d to %,d",
                result.afterWarmUp().devicePeakBytes(),
                result.atEnd().devicePeakBytes()));
  }

  /** All objectives one after the other, in one process and one sitting. */
  private int compare(Map<String, Object> line) {
    if (steady > 0 || profile) {
      throw new ParameterException(
          spec.commandLine(), "--objective all takes neither --steady nor --profile");
    }
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (String name : Objectives.names()) {
      try (StepBench bench = new StepBench(settings(name))) {
        seconds.put(name, bench.run(iterations, false).seconds());
      }
    }
    double beside = Objects.requireNonNull(seconds.get(BESIDE));
    List<Map<String, Object>> rows = new ArrayList<>();
    seconds.forEach(
        (name, took) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("objective", name);
          row.put("step_s", rounded(took));
          row.put("anchors_per_s", rounded(batch / took));
          row.put("of_bingo", rounded(took / beside));
          rows.add(row);
        });
    line.put("arch", arch);
    line.put("threads", threads);
    line.put("objectives", rows);
    output.print(
        line,
        out ->
            seconds.forEach(
                (name, took) ->
                    out.printf(
                        Locale.ROOT,
                        "%-12s %9.4f s a step %10.1f anchors/s %6.2f of bingo's time%n",
                        name,
                        took,
                        batch / took,
                        took / beside)));
    return ExitCode.OK;
  }

  private StepBench.Settings settings(String name) {
    try {
      Architecture architecture =
          new Architecture(Architecture.Family.of(arch), width, stem(), Head.DEFAULT);
      return new StepBench.Settings(
          architecture,
          Objectives.of(name),
          size,
          batch,
          queue,
          new EngineOptions(engine, Device.of(device), precision, threads));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Stem stem() {
    return switch (stem) {
      case "cifar" -> Stem.CIFAR;
      case "imagenet" -> Stem.IMAGENET;
      default -> throw new IllegalArgumentException("stem " + stem + "; takes cifar or imagenet");
    };
  }

  private void describe(SteadyCheck.Result result, Map<String, Object> line) {
    line.put("steps", steady);
    line.put("native_bytes_after_warm_up", result.afterWarmUp().nativeBytes());
    line.put("native_bytes_at_end", result.atEnd().nativeBytes());
    line.put("resident_bytes_after_warm_up", result.afterWarmUp().residentBytes());
    line.put("resident_bytes_at_end", result.atEnd().residentBytes());
    line.put("device_peak_bytes_after_warm_up", result.afterWarmUp().devicePeakBytes());
    line.put("device_peak_bytes_at_end", result.atEnd().devicePeakBytes());
    line.put("flat", result.flat());
  }

  private void describe(StepBench.Result result, Map<String, Object> line) {
    line.put("anchors_per_s", rounded(batch / result.seconds()));
    line.put("step_s", rounded(result.seconds()));
    line.put("arch", arch);
    line.put("threads", threads);
    line.put("loss", rounded(result.loss()));
  }

  private void printProfile(StepBench.Result result) {
    double limit = MatrixSpeed.gigaflops(MatrixSpeed.USUAL);
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "%-38s %8s %10s %9s %9s%n", "operation", "calls", "ms a step", "GFLOP/s", "of limit");
    for (Map.Entry<String, StepProfile.Entry> of : result.profile().entrySet()) {
      StepProfile.Entry entry = of.getValue();
      double perStep = entry.nanos() / 1e6 / result.steps();
      double share = 100 * entry.gigaflops() / limit;
      String speed =
          entry.flops() == 0
              ? ""
              : String.format(Locale.ROOT, "%9.0f %8.0f%%", entry.gigaflops(), share);
      err.printf("%-38s %8d %10.2f %s%n", of.getKey(), entry.calls(), perStep, speed);
    }
    err.printf(
        Locale.ROOT,
        "a step takes %.2f ms; a matrix product reaches %.0f GFLOP/s here%n",
        1e3 * result.seconds(),
        limit);
    err.flush();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
