package io.bagpipe.verticles.cli.teacher;

import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.TeacherImport;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.HelpOptions;
import io.bagpipe.verticles.cli.base.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bagpipe teacher import}: published weights as a teacher's file. */
@Command(
    name = "import",
    description = {
      "Makes a teacher's file of a safetensors file with torchvision's or timm's names.",
      "Strict: every tensor of the backbone must be there in its shape, and no other. The classifier"
          + " is left out. The file normalises pixels by itself; its metadata says how, for which"
          + " size, and of which weights it was made, and the service takes its defaults from there."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe teacher import resnet50.safetensors --arch resnet50 -o teacher.onnx",
      "  bagpipe teacher import small.safetensors --arch resnet18 --size 96 --resize 96",
      "  bagpipe teacher import moco_v2.safetensors --arch resnet50 --prefix module.encoder_q. --head",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class TeacherImportCommand implements Callable<Integer> {
  private static final double USUAL_EDGE = 256.0 / 224;

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("unused")
  private HelpOptions help;

  @Mixin private Output output;

  @Parameters(paramLabel = "FILE", description = "The weights, safetensors.")
  private Path file;

  @Option(
      names = "--arch",
      required = true,
      paramLabel = "NAME",
      description =
          "resnet18, resnet34, resnet50, mobilenet_v3_large (timm: mobilenetv3_large_100) or"
              + " efficientnet_b0.")
  private String arch;

  @Option(
      names = "--size",
      defaultValue = "224",
      description = "Side of the images that the teacher takes, pixels (default 224).")
  private int size;

  @Option(
      names = "--resize",
      paramLabel = "EDGE",
      description = "Shorter edge before the centre crop (default 256 for 224, and in proportion).")
  private @Nullable Integer resize;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "X",
      defaultValue = "0.485,0.456,0.406",
      description = "Of red, green, blue in [0, 1] (default ImageNet's 0.485,0.456,0.406).")
  private float[] mean;

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "X",
      defaultValue = "0.229,0.224,0.225",
      description = "The same (default ImageNet's 0.229,0.224,0.225).")
  private float[] std;

  @Option(
      names = "--width",
      defaultValue = "64",
      description = "Channels of a ResNet's first stage (default 64).")
  private int width;

  @Option(
      names = "--stem",
      defaultValue = "imagenet",
      description = "imagenet (as published) or cifar (3x3, stride 1, no pooling).")
  private Stem stem;

  @Option(
      names = "--head",
      description =
          "Read a projection head too, Linear, ReLU, Linear as fc.0 and fc.2: its output is the"
              + " embedding.")
  private boolean head;

  @Option(
      names = "--prefix",
      defaultValue = "",
      description = "Read the tensors whose names begin so, and leave the others out.")
  private String prefix;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to; else the weights' name with .onnx, here.")
  private @Nullable Path to;

  TeacherImportCommand() {}

  @Override
  public Integer call() throws IOException {
    TeacherImport.Request request = request();
    if (!Files.isRegularFile(file)) {
      throw new CommandFailedException(file + ": no such file");
    }
    Path target = to == null ? Path.of(defaultName()) : to;
    TeacherFiles.requireFile(target, file);
    String sha256 = TeacherSource.of(file).sha256();
    TeacherImport.Imported imported = TeacherImport.read(file, sha256, request);
    TeacherFiles.Written written =
        TeacherFiles.write(
            target, OnnxModel.FEATURES, out -> OnnxModel.write(imported.network(), head, out));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", target.toString());
    result.put("architecture", arch);
    result.put("names", imported.names());
    result.put("left_out", imported.leftOut());
    result.put("features", written.features());
    result.put("embedding", head ? written.embedding() : null);
    result.put("size", size);
    result.put("resize", request.preprocessing().resize());
    result.put("mean", mean);
    result.put("std", std);
    result.put("source_sha256", sha256);
    result.put("sha256", written.sha256());
    result.put("bytes", written.bytes());
    output.print(result, out -> out.println(sentence(target, imported, written)));
    return ExitCode.OK;
  }

  private TeacherImport.Request request() {
    int edge = resize == null ? (int) Math.rint(size * USUAL_EDGE) : resize;
    if (size < 8 || size > 1024 || edge > 2048 || prefix.length() > 200) {
      throw new ParameterException(
          spec.commandLine(), "expected --size 8 to 1024 and --resize up to 2048 pixels");
    }
    try {
      Family family = Family.of(arch);
      Preprocessing preprocessing = new Preprocessing(size, 0, edge, mean, std);
      // of that width and that size there is one
      new Architecture(family, width, stem, Head.DEFAULT).spec().shapes(size);
      return new TeacherImport.Request(family, width, stem, head, prefix, preprocessing);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private String defaultName() {
    return String.valueOf(file.getFileName()).replaceFirst("\\.safetensors$", "") + ".onnx";
  }

  private String sentence(
      Path target, TeacherImport.Imported imported, TeacherFiles.Written written) {
    return String.format(
        Locale.ROOT,
        "%s: %s with %s's names, %d features%s, %d pixels after an edge of %d, mean %s, std %s;"
            + " %d tensors left out, %.1f MB",
        target,
        arch,
        imported.names(),
        written.features(),
        head ? ", embedding of " + written.embedding() : ", no embedding of its own",
        size,
        imported.network().preprocessing().resize(),
        Arrays.toString(mean),
        Arrays.toString(std),
        imported.leftOut(),
        written.bytes() / 1e6);
  }
}
