package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jArchiveTest {
  private static final int COUNT = 1;
  private static final int SIZE = 17;

  @ParameterizedTest
  @CsvSource({
    "RESNET18, 8, IMAGENET",
    "RESNET50, 4, CIFAR",
    "MOBILENET_V3_LARGE, 64, IMAGENET",
    "EFFICIENTNET_B0, 64, IMAGENET",
  })
  void itsOwnLayersComputeWhatOnnxRuntimeDoes(Family family, int width, Stem stem)
      throws Exception {
    Student student = Students.of(family, width, stem, SIZE);
    float[] pixels = Students.pixels(COUNT, SIZE);
    ComputationGraph graph = archived(student, true);

    INDArray[] outputs = graph.output(false, Nd4j.create(pixels, COUNT, 3, SIZE, SIZE));

    var onnx = OnnxRuntimeRun.run(OnnxModelTest.onnx(student, true), pixels, COUNT, SIZE).outputs();
    assertClose(outputs[0], onnx.get("features"));
    assertClose(outputs[1], onnx.get("embedding"));
    graph.close();
  }

  @Test
  void theHeadStaysAtHomeUnlessAskedFor() throws Exception {
    Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 8);
    ComputationGraph graph = archived(student, false);

    assertThat(graph.getConfiguration().getNetworkOutputs()).containsExactly("features");
    assertThat(graph.getVertex("fc.0")).isNull();
    graph.close();
  }

  private static ComputationGraph archived(Student student, boolean head) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Dl4jArchive.write(student, head, out);
    return ModelSerializer.restoreComputationGraph(
        new ByteArrayInputStream(out.toByteArray()), false);
  }

  private static void assertClose(INDArray actual, float[][] expected) {
    assertThat(actual.shape()).containsExactly(expected.length, expected[0].length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        difference += Math.pow(actual.getFloat(i, j) - expected[i][j], 2);
        norm += Math.pow(expected[i][j], 2);
      }
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(1e-4);
  }
}
