package io.bagpipe.model.teacher.torch;

import static org.bytedeco.pytorch.global.torch.ceil;
import static org.bytedeco.pytorch.global.torch.clamp;
import static org.bytedeco.pytorch.global.torch.elu;
import static org.bytedeco.pytorch.global.torch.floor;
import static org.bytedeco.pytorch.global.torch.fmod;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.hardswish;
import static org.bytedeco.pytorch.global.torch.leaky_relu;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.remainder;
import static org.bytedeco.pytorch.global.torch.sigmoid;
import static org.bytedeco.pytorch.global.torch.softplus;
import static org.bytedeco.pytorch.global.torch.where;

import io.bagpipe.model.onnx.StoredTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** Value by value: arithmetic, comparison, activations. */
final class PointwiseOperators {
  private PointwiseOperators() {}

  static void addTo(Map<String, Operators.Maker> makers) {
    unary(makers, "Relu", x -> relu(x));
    unary(makers, "Sigmoid", x -> sigmoid(x));
    unary(makers, "HardSwish", x -> hardswish(x));
    unary(makers, "Tanh", Tensor::tanh);
    unary(makers, "Neg", Tensor::neg);
    unary(makers, "Abs", Tensor::abs);
    unary(makers, "Floor", x -> floor(x));
    unary(makers, "Ceil", x -> ceil(x));
    unary(makers, "Not", Tensor::logical_not);
    bent(makers, "Erf", Tensor::erf);
    bent(makers, "Exp", Tensor::exp);
    bent(makers, "Log", Tensor::log);
    bent(makers, "Sqrt", Tensor::sqrt);
    bent(makers, "Reciprocal", Tensor::reciprocal);
    bent(makers, "Softplus", x -> softplus(x));
    binary(makers, "Add", (a, b) -> a.add(b));
    binary(makers, "Sub", (a, b) -> a.sub(b));
    binary(makers, "Mul", (a, b) -> a.mul(b));
    binary(makers, "Equal", (a, b) -> a.eq(b));
    binary(makers, "Less", (a, b) -> a.lt(b));
    binary(makers, "Greater", (a, b) -> a.gt(b));
    binary(makers, "And", (a, b) -> a.logical_and(b));
    makers.put("Div", PointwiseOperators::quotient);
    makers.put("Mod", PointwiseOperators::rest);
    makers.put("Pow", PointwiseOperators::power);
    makers.put("Min", site -> extreme(site, (a, b) -> a.minimum(b)));
    makers.put("Max", site -> extreme(site, (a, b) -> a.maximum(b)));
    makers.put("Clip", PointwiseOperators::clip);
    makers.put("Where", PointwiseOperators::choice);
    makers.put("Cast", PointwiseOperators::cast);
    makers.put("LeakyRelu", PointwiseOperators::leakyRelu);
    makers.put("Elu", PointwiseOperators::elus);
    makers.put("HardSigmoid", PointwiseOperators::hardSigmoid);
    makers.put("Gelu", PointwiseOperators::gelus);
  }

  private static void unary(
      Map<String, Operators.Maker> makers, String type, UnaryOperator<Tensor> function) {
    makers.put(type, site -> applied(site.operand(0), function));
  }

  /** Of float32 where the input has fewer bits. */
  private static void bent(
      Map<String, Operators.Maker> makers, String type, UnaryOperator<Tensor> function) {
    makers.put(type, site -> applied(site.exact(0), function));
  }

  private static Operation applied(Operand input, UnaryOperator<Tensor> function) {
    return arguments -> function.apply(input.of(arguments));
  }

  private static void binary(
      Map<String, Operators.Maker> makers, String type, BinaryOperator<Tensor> function) {
    makers.put(type, site -> both(site, function));
  }

  private static Operation both(Site site, BinaryOperator<Tensor> function) {
    Operand a = beside(site, 0, 1);
    Operand b = beside(site, 1, 0);
    return arguments -> function.apply(a.of(arguments), b.of(arguments));
  }

  /**
   * A constant that is one value, or one a channel, takes the element type of what it meets: a bias
   * must not make float32 of bfloat16. A larger one (embeddings of positions) keeps its own.
   */
  private static Operand beside(Site site, int input, int other) {
    boolean small =
        site.constant(input)
            && !site.constant(other)
            && Arrays.stream(site.shape(input)).filter(extent -> extent > 1).count() <= 1;
    return small && Site.floating(site.type(input)) && Site.floating(site.type(other))
        ? site.operand(input, site.type(other))
        : site.operand(input);
  }

  /** Of whole numbers, which here are extents, towards zero. */
  private static Operation quotient(Site site) {
    ScalarType type = site.type(0);
    return Site.floating(type)
        ? both(site, (a, b) -> a.div(b))
        : both(site, (a, b) -> a.to(ScalarType.Double).div(b.to(ScalarType.Double)).to(type));
  }

  private static Operation rest(Site site) {
    boolean signed = site.node().integer("fmod", 0) != 0;
    return both(site, (a, b) -> signed ? fmod(a, b) : remainder(a, b));
  }

  private static Operation power(Site site) {
    Operand base = site.exact(0);
    if (site.constant(1) && site.values(1).numel() == 1) {
      double exponent = site.real(1);
      return exponent == 2
          ? applied(base, x -> x.mul(x))
          : applied(base, x -> x.pow(new Scalar(exponent)));
    }
    Operand exponent = site.exact(1);
    return arguments -> base.of(arguments).pow(exponent.of(arguments));
  }

  private static Operation extreme(Site site, BinaryOperator<Tensor> function) {
    Operand[] all = new Operand[site.inputs()];
    for (int i = 0; i < all.length; i++) {
      all[i] = site.operand(i);
    }
    return arguments -> {
      Tensor result = all[0].of(arguments);
      for (int i = 1; i < all.length; i++) {
        result = function.apply(result, all[i].of(arguments));
      }
      return result;
    };
  }

  private static Operation clip(Site site) {
    Double least = bound(site, 1, "min");
    Double most = bound(site, 2, "max");
    Operand input = site.operand(0);
    if (least == null && most == null) {
      return input::of;
    }
    return arguments ->
        clamp(
            input.of(arguments),
            least == null ? new ScalarOptional() : new ScalarOptional(new Scalar(least)),
            most == null ? new ScalarOptional() : new ScalarOptional(new Scalar(most)));
  }

  private static @Nullable Double bound(Site site, int input, String attribute) {
    if (site.has(input)) {
      return site.real(input);
    }
    return site.node().has(attribute) ? site.node().real(attribute, 0) : null;
  }

  private static Operation choice(Site site) {
    Operand condition = site.operand(0);
    Operand met = site.operand(1);
    Operand otherwise = site.operand(2);
    return arguments -> where(condition.of(arguments), met.of(arguments), otherwise.of(arguments));
  }

  private static Operation cast(Site site) {
    ScalarType type = Constants.type(StoredTensor.Type.of(site.node().integer("to", 0)));
    return site.operand(0, type)::of;
  }

  private static Operation leakyRelu(Site site) {
    double slope = site.node().real("alpha", 0.01);
    return applied(site.operand(0), x -> leaky_relu(x, new Scalar(slope)));
  }

  private static Operation elus(Site site) {
    double alpha = site.node().real("alpha", 1);
    return applied(
        site.operand(0), x -> elu(x, new Scalar(alpha), new Scalar(1.0), new Scalar(1.0)));
  }

  private static Operation hardSigmoid(Site site) {
    double slope = site.node().real("alpha", 0.2);
    double middle = site.node().real("beta", 0.5);
    return applied(
        site.operand(0),
        x ->
            clamp(
                x.mul(new Scalar(slope)).add(new Scalar(middle)),
                new ScalarOptional(new Scalar(0.0)),
                new ScalarOptional(new Scalar(1.0))));
  }

  private static Operation gelus(Site site) {
    String by = site.node().text("approximate", "none");
    return applied(site.operand(0), x -> gelu(x, by));
  }
}
