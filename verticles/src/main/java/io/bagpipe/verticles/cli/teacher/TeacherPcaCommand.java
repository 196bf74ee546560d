package io.bagpipe.verticles.cli.teacher;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.ImageSources;
import io.bagpipe.model.eval.TeacherCheck;
import io.bagpipe.model.export.PrincipalComponents;
import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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

/** {@code bagpipe teacher pca}: an embedding for a teacher that has none. */
@Command(
    name = "pca",
    description = {
      "Gives a teacher without an embedding one: the principal components of its features.",
      "They are fitted on a sample of images and written into the file, so that all processes of a"
          + " service, and a service started again, have the same. How many: --values, else"
          + " train.embedding."
    },
    footer = {
      "",
      "Example:",
      "  bagpipe teacher pca resnet50.onnx --data pictures/ -o teacher.onnx",
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class TeacherPcaCommand implements Callable<Integer> {
  private static final int LEAST_IMAGES_A_VALUE = 4;

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private Output output;

  @Parameters(paramLabel = "FILE", description = "The teacher, ONNX.")
  private Path file;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description = "Images like those that will be pushed: a folder, an archive, IDX files.")
  private Path data;

  @Option(names = "--values", description = "Components (default: train.embedding).")
  private @Nullable Integer values;

  @Option(
      names = "--images",
      defaultValue = "4096",
      description = "Most images to fit on (default 4096).")
  private int images;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Where to.")
  private Path to;

  TeacherPcaCommand() {}

  @Override
  public Integer call() throws IOException {
    BagpipeConfig config =
        common
            .sources(Map.of())
            .with("teacher.path=" + file)
            .with("teacher.projection=none")
            .load();
    int wanted = values == null ? config.teacher().projected().values() : values;
    if (wanted < 2 || images < 2) {
      throw new ParameterException(spec.commandLine(), "expected --values and --images from 2 up");
    }
    TeacherFiles.requireFile(to, file);
    int dimension;
    List<float[]> features;
    try (OnnxTeacher teacher = open(config);
        ImageSource source = ImageSources.open(data)) {
      dimension = teacher.featureDimension();
      features = features(config, teacher, source);
    }
    if (wanted > dimension || features.size() < LEAST_IMAGES_A_VALUE * wanted) {
      throw new CommandFailedException(
          String.format(
              Locale.ROOT,
              "%d components of %d features need %d usable images in %s, and there are %d;"
                  + " set --values lower",
              wanted,
              dimension,
              LEAST_IMAGES_A_VALUE * wanted,
              data,
              features.size()));
    }
    PrincipalComponents components = PrincipalComponents.fit(features, dimension, wanted);
    String named = config.teacher().features();
    TeacherFiles.Written written =
        TeacherFiles.write(to, named, out -> components.append(file, named, out));
    print(written, features.size(), components.kept());
    return ExitCode.OK;
  }

  private OnnxTeacher open(BagpipeConfig config) {
    TeacherOptions options = new Settings(config).teacher().featuresOnly();
    OnnxTeacher teacher = OnnxTeacher.open(TeacherSource.of(file), options);
    if (teacher.outputs().contains(TeacherOptions.EMBEDDING)) {
      teacher.close();
      throw new CommandFailedException(file + ": has an embedding of its own");
    }
    return teacher;
  }

  private List<float[]> features(BagpipeConfig config, OnnxTeacher teacher, ImageSource source)
      throws IOException {
    Settings settings = new Settings(config);
    return new TeacherCheck(
            teacher,
            new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()),
            settings.decodeLimits().maxEncodedBytes(),
            source,
            new TeacherCheck.Request(images, 1, 1, config.seed()))
        .features();
  }

  private void print(TeacherFiles.Written written, int sample, double kept) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", to.toString());
    result.put("features", written.features());
    result.put("embedding", written.embedding());
    result.put("images", sample);
    result.put("variance_kept", Math.round(kept * 1e4) / 1e4);
    result.put("sha256", written.sha256());
    result.put("bytes", written.bytes());
    output.print(
        result,
        out ->
            out.printf(
                Locale.ROOT,
                "%s: %d features and an embedding of %d, the principal components of %d images,"
                    + " which keep %.1f %% of their variance%n",
                to,
                written.features(),
                written.embedding(),
                sample,
                100 * kept));
  }
}
