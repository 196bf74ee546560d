package io.bagpipe.model.teacher.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** ONNX's operators that are known here, each with what makes its operation at a site. */
final class Operators {
  /** Makes an operation; throws {@link io.bagpipe.model.onnx.OnnxException} where it cannot. */
  @FunctionalInterface
  interface Maker {
    Operation at(Site site);
  }

  private final Map<String, Maker> makers = new HashMap<>();

  Operators() {
    ImageOperators.addTo(makers);
    MatrixOperators.addTo(makers);
    PointwiseOperators.addTo(makers);
    ShapeOperators.addTo(makers);
  }

  Optional<Maker> maker(String type) {
    return Optional.ofNullable(makers.get(type));
  }
}
