package io.bagpipe.model.teacher.torch;

import static io.bagpipe.model.teacher.torch.OpGraph.integer;
import static io.bagpipe.model.teacher.torch.OpGraph.ints;
import static io.bagpipe.model.teacher.torch.OpGraph.real;
import static io.bagpipe.model.teacher.torch.OpGraph.text;

import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator in its variants, beside ONNX Runtime. */
class OperatorsTest {
  /** Pixels about 0, so that what bends is bent. */
  private static final TeacherOptions OPTIONS =
      TeacherOptions.defaults(1)
          .normalised(new float[] {0.5f, 0.4f, 0.6f}, new float[] {0.5f, 0.25f, 0.3f});

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void saysWhatOnnxRuntimeSays(String name, OpGraph graph) throws Exception {
    TeacherSource source = TeacherSource.of(Files.write(folder.resolve("one.onnx"), graph.bytes()));
    Alike.assertAlike(source, OPTIONS, "float32", 0.999999);
    Alike.assertAlike(source, OPTIONS, "bf16", Alike.BF16);
  }

  private static Arguments of(String name, OpGraph graph) {
    return Arguments.of(name, graph.flat("y"));
  }

  private static OpGraph graph() {
    return new OpGraph(17);
  }

  private static Stream<Arguments> graphs() {
    return Stream.of(images(), pointwise(), matrices(), shapes()).flatMap(s -> s);
  }

  private static Stream<Arguments> images() {
    return Stream.of(
        of(
            "convolution, batch norm in it",
            graph()
                .weights("w", 6, 3, 3, 3)
                .weights("b", 6)
                .weights("scale", 6)
                .weights("shift", 6)
                .weights("mean", 6)
                .reals("variance", 1, 0.5, 2, 3, 0.1, 0.9)
                .node("Conv", "pixels,w,b", "c", ints("pads", 1, 1, 1, 1))
                .node(
                    "BatchNormalization",
                    "c,scale,shift,mean,variance",
                    "y",
                    real("epsilon", 0.01))),
        of(
            "batch norm that another reads past",
            graph()
                .weights("w", 3, 3, 1, 1)
                .weights("scale", 3)
                .weights("shift", 3)
                .weights("mean", 3)
                .reals("variance", 1, 0.5, 2)
                .node("Conv", "pixels,w", "c")
                .node("BatchNormalization", "c,scale,shift,mean,variance", "n")
                .node("Add", "n,c", "y")),
        of(
            "convolution of groups with uneven padding",
            graph()
                .weights("w", 6, 1, 3, 3)
                .node(
                    "Conv",
                    "pixels,w",
                    "y",
                    ints("pads", 0, 1, 1, 2),
                    ints("strides", 2, 2),
                    integer("group", 3))),
        of(
            "convolution of the same extent",
            graph()
                .weights("w", 4, 3, 2, 2)
                .node(
                    "Conv",
                    "pixels,w",
                    "y",
                    text("auto_pad", "SAME_UPPER"),
                    ints("strides", 2, 2))),
        of(
            "largest of windows, upwards",
            graph()
                .node(
                    "MaxPool",
                    "pixels",
                    "y",
                    ints("kernel_shape", 3, 3),
                    ints("strides", 2, 2),
                    ints("pads", 0, 0, 1, 1),
                    integer("ceil_mode", 1))),
        of(
            "average of windows",
            graph()
                .node(
                    "AveragePool",
                    "pixels",
                    "y",
                    ints("kernel_shape", 3, 3),
                    ints("strides", 2, 2),
                    ints("pads", 1, 1, 1, 1))),
        of("global average", graph().node("GlobalAveragePool", "pixels", "y")),
        of("global largest", graph().node("GlobalMaxPool", "pixels", "y")),
        of(
            "padding",
            graph()
                .whole("p", 0, 0, 1, 0, 0, 0, 0, 2)
                .reals("v", 0.25)
                .node("Pad", "pixels,p,v", "y")));
  }

  private static Stream<Arguments> pointwise() {
    Stream<Arguments> alone =
        Stream.of(
                "Relu",
                "Sigmoid",
                "HardSwish",
                "Tanh",
                "Neg",
                "Abs",
                "Floor",
                "Ceil",
                "Erf",
                "Exp",
                "Softplus",
                "LeakyRelu",
                "Elu",
                "HardSigmoid",
                "Identity",
                "Dropout")
            .map(type -> of(type, graph().node(type, "pixels", "y")));
    Stream<Arguments> several =
        Stream.of(
            of(
                "root, logarithm, reciprocal",
                graph()
                    .node("Exp", "pixels", "a")
                    .node("Sqrt", "a", "b")
                    .node("Log", "b", "c")
                    .node("Exp", "c", "d")
                    .node("Reciprocal", "d", "y")),
            of(
                "arithmetic with constants by channel",
                graph()
                    .weights("a", 3, 1, 1)
                    .weights("b", 1, 3, 8, 8)
                    .reals("c", 3)
                    .node("Add", "a,pixels", "p")
                    .node("Mul", "p,b", "q")
                    .node("Sub", "q,pixels", "r")
                    .node("Div", "r,c", "y")),
            of("rests", graph().reals("c", 0.7).node("Mod", "pixels,c", "y", integer("fmod", 1))),
            of(
                "powers",
                graph()
                    .reals("two", 2)
                    .reals("three", 3)
                    .node("Pow", "pixels,two", "a")
                    .node("Pow", "pixels,three", "b")
                    .node("Add", "a,b", "y")),
            of(
                "bounds",
                graph()
                    .reals("least", -0.5)
                    .weights("w", 3, 8, 8)
                    .node("Clip", "pixels,least", "a")
                    .node("Max", "a,w", "b")
                    .node("Min", "b,pixels", "y")),
            of(
                "choices",
                graph()
                    .reals("zero", 0)
                    .reals("half", 0.5)
                    .node("Greater", "pixels,zero", "a")
                    .node("Less", "pixels,half", "b")
                    .node("And", "a,b", "c")
                    .node("Not", "c", "d")
                    .node("Where", "d,pixels,half", "e")
                    .node("Cast", "d", "f", integer("to", 1))
                    .node("Add", "e,f", "y")),
            of("gelu", new OpGraph(20).node("Gelu", "pixels", "y")),
            of(
                "gelu by tanh",
                new OpGraph(20).node("Gelu", "pixels", "y", text("approximate", "tanh"))));
    return Stream.concat(alone, several);
  }

  private static Stream<Arguments> matrices() {
    return Stream.of(
        of(
            "gemm",
            graph()
                .weights("w", 5, 192)
                .weights("b", 5)
                .node("Flatten", "pixels", "x")
                .node("Gemm", "x,w,b", "y", integer("transB", 1))),
        of(
            "gemm with factors",
            graph()
                .weights("w", 192, 5)
                .weights("b", 1, 5)
                .node("Flatten", "pixels", "x")
                .node("Gemm", "x,w,b", "y", real("alpha", 0.5), real("beta", 3))),
        of(
            "attention",
            graph()
                .weights("w", 8, 6)
                .node("MatMul", "pixels,w", "q")
                .node("Transpose", "q", "k", ints("perm", 0, 1, 3, 2))
                .node("MatMul", "q,k", "s")
                .node("Softmax", "s", "p")
                .node("MatMul", "p,q", "y")),
        of("softmax of old", new OpGraph(11).node("Softmax", "pixels", "y", integer("axis", 2))),
        of(
            "layer norm",
            graph()
                .weights("s", 8, 8)
                .weights("b", 8, 8)
                .node("LayerNormalization", "pixels,s,b", "y", integer("axis", -2))),
        of(
            "sums along axes",
            graph()
                .whole("two", 2)
                .node("ReduceMean", "pixels", "a", ints("axes", -1))
                .node("ReduceSum", "pixels,two", "b", integer("keepdims", 0))
                .node("ReduceMax", "pixels", "c", ints("axes", 2), integer("keepdims", 0))
                .node("ReduceMin", "pixels", "d", ints("axes", 3))
                .node("ReduceL1", "pixels", "e", ints("axes", 1))
                .node("ReduceL2", "pixels", "f", ints("axes", 1, 2))
                .node("ReduceSumSquare", "pixels", "g", ints("axes", 3))
                .node("Flatten", "a", "a2")
                .node("Flatten", "b", "b2")
                .node("Flatten", "c", "c2")
                .node("Flatten", "d", "d2")
                .node("Flatten", "e", "e2")
                .node("Flatten", "f", "f2")
                .node("Flatten", "g", "g2")
                .node("Concat", "a2,b2,c2,d2,e2,f2,g2", "y", integer("axis", 1))),
        of("unit length", graph().node("LpNormalization", "pixels", "y", integer("axis", 1))));
  }

  private static Stream<Arguments> shapes() {
    return Stream.of(
        of(
            "shapes that are computed",
            graph()
                .one("zero", 0)
                .whole("first", 0)
                .whole("rest", -1)
                .whole("twelve", 12)
                .one("three", 3)
                .node("Shape", "pixels", "s")
                .node("Gather", "s,zero", "n", integer("axis", 0))
                .node("Unsqueeze", "n,first", "n1")
                .node("Div", "twelve,three", "four")
                .node("Concat", "n1,four,rest", "to", integer("axis", 0))
                .node("Reshape", "pixels,to", "r")
                .node("Transpose", "r", "y", ints("perm", 0, 2, 1))
                .node("Size", "pixels", "unused")),
        of(
            "extents that are kept",
            graph().whole("to", 0, -1, 4).node("Reshape", "pixels,to", "y")),
        of(
            "parts",
            graph()
                .whole("from", 1, -6)
                .whole("to", 3, 9223372036854775807L)
                .whole("axes", 1, 3)
                .whole("steps", 1, 2)
                .node("Slice", "pixels,from,to,axes,steps", "a")
                .whole("lengths", 1, 2)
                .node("Split", "pixels,lengths", "b,c", integer("axis", 1))
                .node("Flatten", "a", "a2")
                .node("Flatten", "c", "c2")
                .node("Concat", "a2,c2", "y", integer("axis", 1))),
        of(
            "places",
            graph()
                .whole("which", 2, -3, 0)
                .one("last", -1)
                .node("Gather", "pixels,which", "a", integer("axis", 2))
                .node("Gather", "a,last", "y", integer("axis", 3))),
        of(
            "axes that come and go",
            graph()
                .whole("second", 1, -1)
                .whole("last", -1)
                .node("Unsqueeze", "pixels,second", "a")
                .node("Squeeze", "a,last", "b")
                .node("Squeeze", "b", "y")),
        of(
            "repetition",
            graph()
                .whole("to", 2, 1, 3, 8, 8)
                .whole("times", 1, 1, 2, 1)
                .whole("first", 0)
                .node("Tile", "pixels,times", "y")),
        of(
            "a token put before",
            graph()
                .weights("token", 1, 1, 64)
                .one("zero", 0)
                .whole("first", 0)
                .whole("as", 1, 64)
                .whole("to", 0, 3, 64)
                .node("Reshape", "pixels,to", "x")
                .node("Shape", "x", "s")
                .node("Gather", "s,zero", "n")
                .node("Unsqueeze", "n,first", "n1")
                .node("Concat", "n1,as", "shape", integer("axis", 0))
                .node("Expand", "token,shape", "t")
                .node("Concat", "t,x", "y", integer("axis", 1))),
        of(
            "constants from nothing",
            graph()
                .whole("shape", 3, 8, 8)
                .one("from", 0)
                .one("to", 8)
                .one("step", 1)
                .node("ConstantOfShape", "shape", "a")
                .node("Range", "from,to,step", "b")
                .node("Cast", "b", "c", integer("to", 1))
                .node("Constant", "", "d", OpGraph.real("value_float", 0.5))
                .node("Add", "a,c", "e")
                .node("Add", "e,d", "f")
                .node("Mul", "pixels,f", "y")));
  }
}
