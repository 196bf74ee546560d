package io.bagpipe.model.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.graph.BackwardOrder.Sent;
import io.bagpipe.model.engine.graph.BackwardOrder.Visit;
import io.bagpipe.model.engine.nd4j.Nd4jKernels;
import io.bagpipe.model.engine.onednn.OneDnnKernels;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Stem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class StudentGraphTest {
  @BeforeAll
  static void libraries() {
    Nd4jRuntime.prepare(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void closesTheRunningStatisticsThatItsKernelsWorkOn(String name) {
    NetworkSpec spec = new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(8, 4)).spec();
    StepProfile profile = new StepProfile();
    Kernels kernels =
        name.equals("nd4j") ? new Nd4jKernels(profile) : new OneDnnKernels(2, profile);
    StudentGraph graph = new StudentGraph(spec, 8, 2, kernels);
    List<INDArray> statistics = new ArrayList<>();
    for (Parameter parameter : spec.parameters()) {
      if (!parameter.role().trained()) {
        statistics.add(graph.running(parameter));
      }
    }

    graph.close();
    kernels.close();

    assertThat(statistics).hasSize(2 * 20).allMatch(INDArray::wasClosed);
    assertThat(graph.parameters().wasClosed()).isTrue();
  }

  /** The graph's own walk, whatever it is, must visit readers before the vertex they read. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void theGraphSaysInWhichOrderItWalksBack(Family family) {
    NetworkPlan plan =
        new NetworkPlan(
            new Architecture(family, Architecture.DEFAULT_WIDTH, Stem.IMAGENET, Head.DEFAULT)
                .spec());
    Map<String, Integer> turns = new HashMap<>();
    for (Visit visit : BackwardOrder.of(plan)) {
      Sent received = visit.received();
      if (visit.vertex().equals(plan.outputVertex())) {
        assertThat(received).isNull();
      } else {
        assertThat(plan.node(received.vertex()).inputs().get(received.input()))
            .isEqualTo(visit.vertex());
      }
      turns.put(visit.vertex(), turns.size());
    }
    for (NetworkPlan.Planned planned : plan.nodes()) {
      for (String input : planned.inputs()) {
        if (!input.equals(NetworkSpec.INPUT)) {
          assertThat(turns.get(planned.name())).isLessThan(turns.get(input));
        }
      }
    }
  }
}
