package io.bagpipe.model.teacher.torch;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.index_select;
import static org.bytedeco.pytorch.global.torch.slice;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What moves values and computes none: shapes, parts, constants. */
final class ShapeOperators {
  private ShapeOperators() {}

  static void addTo(Map<String, Operators.Maker> makers) {
    makers.put("Constant", ShapeOperators::constant);
    makers.put("ConstantOfShape", ShapeOperators::filled);
    makers.put("Range", ShapeOperators::range);
    makers.put("Reshape", ShapeOperators::reshape);
    makers.put("Flatten", ShapeOperators::flatten);
    makers.put("Transpose", ShapeOperators::transpose);
    makers.put("Unsqueeze", ShapeOperators::unsqueeze);
    makers.put("Squeeze", ShapeOperators::squeeze);
    makers.put("Expand", ShapeOperators::expand);
    makers.put("Tile", ShapeOperators::tile);
    makers.put("Concat", ShapeOperators::concat);
    makers.put("Split", ShapeOperators::split);
    makers.put("Slice", ShapeOperators::slices);
    makers.put("Gather", ShapeOperators::gather);
  }

  private static Operation constant(Site site) {
    Tensor value =
        site.node()
            .tensor("value")
            .map(Constants::copy)
            .or(() -> site.node().reals("value_floats").map(v -> torch.tensor(v)))
            .or(() -> site.node().integers("value_ints").map(v -> torch.tensor(v)))
            .orElseGet(
                () -> {
                  if (site.node().has("value_int")) {
                    return torch.tensor(site.node().integer("value_int", 0));
                  }
                  site.require(site.node().has("value_float"), "a constant that is no number");
                  return torch.tensor((float) site.node().real("value_float", 0));
                });
    return arguments -> value;
  }

  private static Operation filled(Site site) {
    long[] shape = site.integers(0);
    Tensor value =
        site.node()
            .tensor("value")
            .map(Constants::copy)
            .orElseGet(() -> torch.tensor(0f))
            .reshape();
    return arguments -> value.expand(shape).clone();
  }

  private static Operation range(Site site) {
    double from = site.real(0);
    double to = site.real(1);
    double step = site.real(2);
    ScalarType type = site.type(0);
    return arguments -> arange(new Scalar(from), new Scalar(to), new Scalar(step)).to(type);
  }

  private static Operation reshape(Site site) {
    long[] wanted = site.integers(1);
    boolean zeros = site.node().integer("allowzero", 0) != 0;
    long[] now = site.shape(0);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] == 0 && !zeros) {
        site.require(i < now.length, "a shape that names an extent beyond its input's");
        wanted[i] = now[i];
      }
    }
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).reshape(wanted);
  }

  private static Operation flatten(Site site) {
    long[] shape = site.shape(0);
    long said = site.node().integer("axis", 1);
    int axis = said == shape.length ? shape.length : site.axis(said, shape.length);
    long rows = Arrays.stream(shape, 0, axis).reduce(1, (a, b) -> a * b);
    long[] matrix = {rows, -1};
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).reshape(matrix);
  }

  private static Operation transpose(Site site) {
    int rank = site.rank(0);
    long[] order =
        site.node()
            .integers("perm")
            .orElseGet(() -> IntStream.range(0, rank).mapToLong(i -> rank - 1L - i).toArray());
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).permute(order);
  }

  private static Operation unsqueeze(Site site) {
    long[] said = site.given("axes", 1);
    int rank = site.rank(0) + said.length;
    long[] axes = Arrays.stream(site.axes(said, rank)).sorted().toArray();
    Operand input = site.operand(0);
    return arguments -> {
      Tensor result = input.of(arguments);
      for (long axis : axes) {
        result = result.unsqueeze(axis);
      }
      return result;
    };
  }

  private static Operation squeeze(Site site) {
    long[] said = site.integers("axes", 1);
    long[] shape = site.shape(0);
    TreeSet<Integer> gone = new TreeSet<>();
    if (said == null) {
      IntStream.range(0, shape.length).filter(i -> shape[i] == 1).forEach(gone::add);
    } else {
      Arrays.stream(site.axes(said, shape.length)).forEach(axis -> gone.add((int) axis));
    }
    gone.forEach(axis -> site.require(shape[axis] == 1, "axis " + axis + " is not 1"));
    Operand input = site.operand(0);
    return arguments -> {
      Tensor result = input.of(arguments);
      for (int axis : gone.descendingSet()) {
        result = result.squeeze((long) axis);
      }
      return result;
    };
  }

  /** To the shape that both have in common, as in arithmetic. */
  private static Operation expand(Site site) {
    long[] wanted = site.integers(1);
    long[] now = site.shape(0);
    int rank = Math.max(wanted.length, now.length);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      int a = i - (rank - now.length);
      int b = i - (rank - wanted.length);
      shape[i] = Math.max(a < 0 ? 1 : now[a], b < 0 ? 1 : wanted[b]);
    }
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).expand(shape);
  }

  private static Operation tile(Site site) {
    long[] times = site.integers(1);
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).repeat(times);
  }

  private static Operation concat(Site site) {
    int axis = site.axis(site.node().integer("axis", 0), site.rank(0));
    Operand[] parts = new Operand[site.inputs()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = site.operand(i);
    }
    return arguments -> {
      Tensor[] tensors = new Tensor[parts.length];
      for (int i = 0; i < parts.length; i++) {
        tensors[i] = parts[i].of(arguments);
      }
      return cat(new TensorVector(tensors), axis);
    };
  }

  /** The one of its parts that the site asks for. */
  private static Operation split(Site site) {
    int axis = site.axis(site.node().integer("axis", 0), site.rank(0));
    long extent = site.shape(0)[axis];
    int count = site.node().outputs().size();
    long[] lengths = site.integers("split", 1);
    if (lengths == null) {
      lengths = new long[count];
      Arrays.fill(lengths, (extent + count - 1) / count);
      lengths[count - 1] = extent - (count - 1) * lengths[0];
    }
    site.require(
        lengths.length == count && Arrays.stream(lengths).sum() == extent,
        "parts that do not add up to " + extent);
    long from = Arrays.stream(lengths, 0, site.result()).sum();
    long length = lengths[site.result()];
    Operand input = site.operand(0);
    return arguments -> input.of(arguments).narrow(axis, from, length);
  }

  private static Operation slices(Site site) {
    long[] starts = site.given("starts", 1);
    long[] ends = site.given("ends", 2);
    int rank = site.rank(0);
    long[] said = site.integers("axes", 3);
    long[] axes =
        said == null
            ? IntStream.range(0, starts.length).mapToLong(i -> i).toArray()
            : site.axes(said, rank);
    long[] steps = new long[starts.length];
    Arrays.fill(steps, 1);
    if (site.has(4)) {
      steps = site.integers(4);
    }
    site.require(Arrays.stream(steps).allMatch(step -> step > 0), "steps backwards");
    long[] strides = steps;
    Operand input = site.operand(0);
    return arguments -> {
      Tensor result = input.of(arguments);
      for (int i = 0; i < axes.length; i++) {
        result =
            slice(
                result,
                axes[i],
                new LongOptional(starts[i]),
                new LongOptional(ends[i]),
                strides[i]);
      }
      return result;
    };
  }

  private static Operation gather(Site site) {
    long[] shape = site.shape(0);
    int axis = site.axis(site.node().integer("axis", 0), shape.length);
    long[] which = site.integers(1);
    for (int i = 0; i < which.length; i++) {
      which[i] = site.axis(which[i], (int) shape[axis]);
    }
    Operand input = site.operand(0);
    if (site.rank(1) == 0) {
      return arguments -> input.of(arguments).select(axis, which[0]);
    }
    long[] result =
        IntStream.range(0, shape.length)
            .mapToObj(i -> i == axis ? site.shape(1) : new long[] {shape[i]})
            .flatMapToLong(Arrays::stream)
            .toArray();
    Tensor places = site.placed(torch.tensor(which), ScalarType.Long);
    return arguments -> index_select(input.of(arguments), axis, places).reshape(result);
  }

  /** A tensor's shape as values. */
  static Tensor shape(Site site) {
    long[] shape = site.shape(0);
    int rank = shape.length;
    long start = site.node().integer("start", 0);
    long end = site.node().integer("end", rank);
    int from = (int) Math.max(0, start < 0 ? start + rank : start);
    int to = (int) Math.min(rank, end < 0 ? end + rank : end);
    return torch.tensor(Arrays.copyOfRange(shape, from, Math.max(from, to)));
  }

  /** How many values a tensor has. */
  static Tensor size(Site site) {
    return torch.tensor(site.sample(0).numel());
  }
}
