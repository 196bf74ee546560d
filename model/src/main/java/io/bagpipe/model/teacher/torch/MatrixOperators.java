package io.bagpipe.model.teacher.torch;

import static org.bytedeco.pytorch.global.torch.amax;
import static org.bytedeco.pytorch.global.torch.amin;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.softmax;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Matrix products, and what sums along axes. */
final class MatrixOperators {
  /** The first version whose softmax is along one axis. */
  private static final int SOFTMAX_OF_AN_AXIS = 13;

  private MatrixOperators() {}

  static void addTo(Map<String, Operators.Maker> makers) {
    makers.put("Gemm", MatrixOperators::gemm);
    makers.put("MatMul", MatrixOperators::product);
    makers.put("Softmax", MatrixOperators::softmaxAlong);
    makers.put("LayerNormalization", MatrixOperators::layerNorm);
    makers.put("LpNormalization", MatrixOperators::unit);
    makers.put("ReduceMean", site -> reduction(site, MatrixOperators::mean));
    makers.put("ReduceSum", site -> reduction(site, MatrixOperators::sum));
    makers.put("ReduceMax", site -> reduction(site, (x, axes, keep) -> amax(x, axes, keep)));
    makers.put("ReduceMin", site -> reduction(site, (x, axes, keep) -> amin(x, axes, keep)));
    makers.put("ReduceL1", site -> reduction(site, (x, axes, keep) -> sum(x.abs(), axes, keep)));
    makers.put("ReduceL2", site -> reduction(site, (x, axes, keep) -> norm(x, 2, axes, keep)));
    makers.put(
        "ReduceSumSquare", site -> reduction(site, (x, axes, keep) -> sum(x.mul(x), axes, keep)));
  }

  private static Operation gemm(Site site) {
    double alpha = site.node().real("alpha", 1);
    double beta = site.node().real("beta", 1);
    boolean across = site.node().integer("transA", 0) != 0;
    boolean down = site.node().integer("transB", 0) != 0;
    Operand a = site.operand(0, site.product());
    if (site.constant(1) && !across && alpha == 1 && beta == 1) {
      boolean vector = !site.has(2) || (site.constant(2) && site.values(2).dim() == 1);
      if (vector) {
        Tensor weight = down ? site.values(1) : site.values(1).t().contiguous();
        return linearBy(site, a, weight, 2);
      }
    }
    Operand b = site.operand(1, site.product());
    Operand c = site.has(2) ? site.operand(2, site.product()) : null;
    return arguments -> {
      Tensor left = a.of(arguments);
      Tensor right = b.of(arguments);
      Tensor product = matmul(across ? left.t() : left, down ? right.t() : right);
      Tensor scaled = alpha == 1 ? product : product.mul(new Scalar(alpha));
      return c == null ? scaled : scaled.add(c.of(arguments), new Scalar(beta));
    };
  }

  private static Operation product(Site site) {
    Operand a = site.operand(0, site.product());
    if (site.constant(1) && site.rank(1) == 2 && site.rank(0) >= 2) {
      return linearBy(site, a, site.values(1).t().contiguous(), 2);
    }
    Operand b = site.operand(1, site.product());
    return arguments -> matmul(a.of(arguments), b.of(arguments));
  }

  /**
   * @param weight [out, in]
   * @param bias the input that is one, if there is
   */
  private static Operation linearBy(Site site, Operand input, Tensor weight, int bias) {
    Tensor placed = site.placed(weight, site.product());
    TensorOptional added =
        site.has(bias)
            ? site.optional(site.placed(site.values(bias), site.product()))
            : site.none();
    return arguments -> linear(input.of(arguments), placed, added);
  }

  private static Operation softmaxAlong(Site site) {
    Operand input = site.operand(0);
    int rank = site.rank(0);
    boolean one = site.opset() >= SOFTMAX_OF_AN_AXIS;
    int axis = site.axis(site.node().integer("axis", one ? -1 : 1), rank);
    if (one || axis == rank - 1) {
      return arguments -> softmax(input.of(arguments), axis);
    }
    long[] shape = site.shape(0);
    return arguments -> softmax(input.of(arguments).flatten(axis, -1), axis).reshape(shape);
  }

  private static Operation layerNorm(Site site) {
    site.require(site.result() == 0, "its mean and deviation are not told here");
    int axis = site.axis(site.node().integer("axis", -1), site.rank(0));
    long[] over = Arrays.copyOfRange(site.shape(0), axis, site.rank(0));
    double epsilon = site.node().real("epsilon", 1e-5);
    ScalarType type = site.type(0);
    TensorOptional scale = site.optional(site.placed(site.values(1), type));
    TensorOptional shift =
        site.has(2) ? site.optional(site.placed(site.values(2), type)) : site.none();
    Operand input = site.operand(0);
    return arguments -> layer_norm(input.of(arguments), over, scale, shift, epsilon, false);
  }

  private static Operation unit(Site site) {
    long[] axis = {site.axis(site.node().integer("axis", -1), site.rank(0))};
    long power = site.node().integer("p", 2);
    Operand input = site.exact(0);
    return arguments -> {
      Tensor x = input.of(arguments);
      return x.div(norm(x, power, axis, true));
    };
  }

  /** Sums along axes in one way or another. */
  private interface Reduction {
    Tensor along(Tensor input, long[] axes, boolean keep);
  }

  private static Operation reduction(Site site, Reduction reduction) {
    int rank = site.rank(0);
    boolean keep = site.node().integer("keepdims", 1) != 0;
    long[] said = site.integers("axes", 1);
    Operand input = site.exact(0);
    if ((said == null || said.length == 0) && site.node().integer("noop_with_empty_axes", 0) != 0) {
      return input::of;
    }
    long[] axes =
        said == null || said.length == 0
            ? IntStream.range(0, rank).mapToLong(i -> i).toArray()
            : site.axes(said, rank);
    return arguments -> reduction.along(input.of(arguments), axes, keep);
  }

  private static Tensor mean(Tensor input, long[] axes, boolean keep) {
    return input.mean(axes, keep, new ScalarTypeOptional());
  }

  private static Tensor sum(Tensor input, long[] axes, boolean keep) {
    return input.sum(axes, keep, new ScalarTypeOptional());
  }

  private static Tensor norm(Tensor input, long power, long[] axes, boolean keep) {
    return input.norm(new ScalarOptional(new Scalar(power)), axes, keep);
  }
}
