package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.cli.base.Failures;
import picocli.CommandLine;

/**
 * {@code bagpipe bench teacher} alone, as {@link StepBenchMain}: with the engine {@code torch} it
 * needs protobuf besides, and no ONNX Runtime.
 */
public final class TeacherBenchMain {
  private TeacherBenchMain() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new TeacherBenchCommand())
            .setParameterExceptionHandler(Failures::invalid)
            .setExecutionExceptionHandler(Failures::failed)
            .execute(args));
  }
}
