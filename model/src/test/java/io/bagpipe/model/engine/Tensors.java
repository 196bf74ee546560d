package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import org.assertj.core.api.SoftAssertions;

/** Comparisons of tensors. */
public final class Tensors {
  private Tensors() {}

  /** The norm of the difference, relative to the expected norm. */
  public static double distance(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      double d = (double) actual[i] - expected[i];
      difference += d * d;
      norm += (double) expected[i] * expected[i];
    }
    return Math.sqrt(difference / Math.max(norm, 1e-30));
  }

  /** Every expected tensor is there, in its shape, and close. */
  public static void assertClose(StateDict actual, StateDict expected, double tolerance) {
    assertThat(actual.tensors()).extracting(Tensor::name).isSubsetOf(names(expected));
    SoftAssertions softly = new SoftAssertions();
    for (Tensor tensor : expected.tensors()) {
      Tensor found = actual.get(tensor.name());
      softly.assertThat(found.shape()).as(tensor.name()).isEqualTo(tensor.shape());
      softly
          .assertThat(distance(found.data(), tensor.data()))
          .as(tensor.name())
          .isLessThan(tolerance);
    }
    softly.assertAll();
  }

  private static Iterable<String> names(StateDict state) {
    return state.tensors().stream().map(Tensor::name).toList();
  }
}
