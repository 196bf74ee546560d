package io.bagpipe.model.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.objective.Objectives;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A host with a GPU gets libtorch and little else: no ND4J, oneDNN, ONNX Runtime. */
class TorchAloneTest {
  private static final String LEFT_OUT = ".*(nd4j|deeplearning4j|dnnl|onnxruntime|twelvemonkeys).*";

  /** What the other process runs: {@code auto} finds that libtorch is all there is. */
  public static final class Alone {
    private Alone() {}

    public static void main(String[] args) {
      Architecture architecture = new Architecture(Family.RESNET18, 8, Stem.CIFAR, Head.DEFAULT);
      try (StepBench bench =
          new StepBench(
              new StepBench.Settings(
                  architecture,
                  Objectives.of("bingo"),
                  16,
                  4,
                  64,
                  EngineOptions.DEFAULT.withThreads(1)))) {
        System.out.println("loss " + bench.step() + ": " + bench.engine());
      }
    }
  }

  @Test
  void aStepRunsWithoutTheOtherEnginesOnTheClassPath() throws IOException, InterruptedException {
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.matches(LEFT_OUT))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                path,
                Alone.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).containsPattern("loss \\d+\\.\\d+: resnet18 on libtorch, cpu, float32");
  }
}
