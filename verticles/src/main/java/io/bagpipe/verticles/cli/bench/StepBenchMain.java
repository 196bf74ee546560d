package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.cli.base.Failures;
import picocli.CommandLine;

/**
 * {@code bagpipe bench step} alone, for a host with a GPU to which little is carried: of the
 * libraries it needs picocli, Jackson, SLF4J, Logback, JavaCPP and the engine's own, not Kafka,
 * Vert.x or ONNX Runtime, nor ND4J for the engine {@code torch}.
 */
public final class StepBenchMain {
  private StepBenchMain() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new StepBenchCommand())
            .setParameterExceptionHandler(Failures::invalid)
            .setExecutionExceptionHandler(Failures::failed)
            .execute(args));
  }
}
