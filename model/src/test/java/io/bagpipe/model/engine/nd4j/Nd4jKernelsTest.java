package io.bagpipe.model.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.Nd4jRuntime;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jKernelsTest {
  @BeforeAll
  static void libraries() {
    Nd4jRuntime.prepare(1);
  }

  @Test
  void theImagesGradientThatNobodyWantsHasOnePlaceAndAnOwner() {
    // given the first convolution of a network
    Nd4jKernels kernels = new Nd4jKernels(new StepProfile());
    KernelPlan plan =
        kernels.convolution(
            new Convolution(3, 4, 3, 1, 1, 1, false),
            new Shape(8, 8, 3),
            new Shape(8, 8, 4),
            false);
    long weights = plan.parameters().get(0).size();
    @Nullable INDArray[] nobody = {null};
    List<INDArray> arrays =
        List.of(
            Nd4j.rand(DataType.FLOAT, 2, 8, 8, 3),
            Nd4j.create(DataType.FLOAT, 2, 8, 8, 4),
            Nd4j.rand(DataType.FLOAT, 2, 8, 8, 4),
            Nd4j.rand(DataType.FLOAT, weights),
            Nd4j.create(DataType.FLOAT, weights));
    Kernel kernel =
        plan.bind(
            new Buffers(
                arrays.subList(0, 1),
                arrays.get(1),
                arrays.get(2),
                nobody,
                arrays.subList(3, 4),
                arrays.subList(4, 5),
                List.of()));

    // when it runs and its kernels are closed
    kernel.forward(true);
    kernel.backward();
    List<INDArray> kept = kernels.owned();
    kernels.close();

    // then what it took is given back, without the collector
    assertThat(kept).hasSize(1).allMatch(INDArray::wasClosed);
    assertThat(arrays.get(4).sumNumber().doubleValue()).isNotZero();
    arrays.forEach(INDArray::close);
  }
}
