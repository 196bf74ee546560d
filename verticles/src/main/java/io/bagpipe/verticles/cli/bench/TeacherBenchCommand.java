package io.bagpipe.verticles.cli.bench;

import io.bagpipe.model.bench.TeacherBench;
import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
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

/** {@code bagpipe bench teacher}. */
@Command(
    name = "teacher",
    description = "A teacher's forward pass: images a second.",
    footer = {
      "",
      "Examples:",
      "  bagpipe bench teacher --batch 64",
      "  bagpipe bench teacher --teacher resnet50.onnx --batch 16 --threads 2",
      "  bagpipe bench teacher --teacher vit.onnx --engine torch --device cuda --precision bf16 --batch 256",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class TeacherBenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("unused")
  private HelpOptions help;

  @Mixin private Output output;

  @Option(
      names = "--teacher",
      defaultValue = "builtin:fashion-mnist",
      description = "ONNX file; else the stand-in that travels with Bagpipe.")
  private String teacher;

  @Option(names = "--batch", defaultValue = "16", description = "Images a run.")
  private int batch;

  @Option(names = "--iters", defaultValue = "20", description = "Runs that are timed.")
  private int iterations;

  @Option(names = "--threads", defaultValue = "2", description = "Threads.")
  private int threads;

  @Option(
      names = "--engine",
      defaultValue = EngineOptions.AUTO,
      description = "As teacher.engine: auto, onnxruntime, torch.")
  private String engine;

  @Option(names = "--device", defaultValue = "auto", description = "As teacher.device.")
  private String device;

  @Option(
      names = "--precision",
      defaultValue = EngineOptions.FLOAT32,
      description = "As teacher.precision: float32, tf32, bf16, where the engine has it.")
  private String precision;

  TeacherBenchCommand() {}

  @Override
  public Integer call() {
    if (batch < 1 || batch > 1024 || iterations < 1 || threads < 1) {
      throw new ParameterException(
          spec.commandLine(), "expected --batch 1 to 1024, --iters and --threads 1 or more");
    }
    TeacherBench.Result result = run();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "teacher");
    line.put("teacher", teacher);
    line.put("size", result.side());
    line.put("batch", batch);
    line.put("images_per_s", Math.round(result.imagesPerSecond() * 1e4) / 1e4);
    line.put("threads", threads);
    line.put("engine", result.engine());
    output.print(
        line,
        out ->
            out.printf(
                Locale.ROOT,
                "%,.1f images/s: %s at %d pixels, batches of %d, %d threads, on %s%n",
                result.imagesPerSecond(),
                teacher,
                result.side(),
                batch,
                threads,
                result.engine()));
    return ExitCode.OK;
  }

  private TeacherBench.Result run() {
    TeacherEngineOptions options;
    try {
      options = new TeacherEngineOptions(engine, Device.of(device), precision, batch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try {
      return new TeacherBench(TeacherSource.parse(teacher), batch, threads, options)
          .run(iterations);
    } catch (TeacherException | OutOfMemoryError e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }
}
