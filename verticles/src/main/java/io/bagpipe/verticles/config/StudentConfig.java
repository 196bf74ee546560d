package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;
import java.util.Locale;

/**
 * The network that is trained.
 *
 * @param init a file of initial weights, empty for random ones drawn from the seed
 */
public record StudentConfig(
    Arch arch, int width, Stem stem, int headHidden, String init, Engine engine) {
  /**
   * What computes it; whether that can be had here is for the engines to say, at the start.
   *
   * @param name a provider's, or auto
   * @param device auto, cpu, cuda or cuda:1
   * @param precision of the arithmetic
   */
  public record Engine(String name, String device, String precision) {}

  /** Architectures, by torchvision's names. */
  public enum Arch {
    RESNET18,
    RESNET34,
    RESNET50,
    MOBILENET_V3_LARGE,
    EFFICIENTNET_B0;

    /** As in torchvision: {@code resnet18}. */
    public String torchvisionName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The first layers. */
  public enum Stem {
    /** 3x3, stride 1, no pooling: small images. */
    CIFAR,
    /** torchvision's own. */
    IMAGENET
  }

  static final Key<Arch> ARCH =
      new Key<>("student.arch", choice(Arch.class), "resnet18", "Architecture of the student.");
  static final Key<Integer> WIDTH =
      new Key<>(
          "student.width",
          integer(4, 512),
          "16",
          "Channels of the first stage of a ResNet; 64 is the published network, 16 learns on two"
              + " CPU cores. The other architectures take no width.");
  static final Key<Stem> STEM =
      new Key<>(
          "student.stem",
          choice(Stem.class),
          "cifar",
          "First layers: cifar (3x3, stride 1, for images of about 32 pixels) or imagenet"
              + " (torchvision's own).");
  static final Key<Integer> HEAD_HIDDEN =
      new Key<>(
          "student.head-hidden",
          integer(1, 65536),
          "2048",
          "Width of the hidden layer of the projection head.");
  static final Key<String> INIT =
      new Key<>(
          "student.init",
          text("a file of weights", s -> true),
          "",
          "Initial weights (safetensors, or an earlier checkpoint); empty draws them from the"
              + " seed.");

  static final Key<String> ENGINE =
      new Key<>(
          "student.engine",
          text("auto or an engine's name in lower case", s -> s.matches("[a-z][a-z0-9-]*")),
          "auto",
          "What computes the student: auto takes the best that can run here; onednn and nd4j are"
              + " built in, torch (libtorch, NVIDIA GPUs of today too) in a build with -Ptorch or"
              + " -Pgpu.");
  static final Key<String> DEVICE =
      new Key<>(
          "student.device",
          text("auto, cpu, cuda or cuda:<number>", s -> s.matches("auto|cpu|cuda(:\\d{1,3})?")),
          "auto",
          "What the student is computed on; cuda:1 is the second GPU.");
  static final Key<String> PRECISION =
      new Key<>(
          "student.precision",
          text("float32, tf32 or bf16, where the engine has it", s -> s.matches("[a-z][a-z0-9-]*")),
          "float32",
          "Of the student's arithmetic. All engines compute in float32; torch also in bf16, and on a"
              + " GPU in tf32. Parameters, statistics and checkpoints are float32 in any case.");

  static final List<Key<?>> KEYS =
      List.of(ARCH, WIDTH, STEM, HEAD_HIDDEN, INIT, ENGINE, DEVICE, PRECISION);

  static StudentConfig from(Values v) {
    String init = v.get(INIT);
    return new StudentConfig(
        v.get(ARCH),
        v.get(WIDTH),
        v.get(STEM),
        v.get(HEAD_HIDDEN),
        init.isEmpty() ? "" : v.path(init).toString(),
        new Engine(v.get(ENGINE), v.get(DEVICE), v.get(PRECISION)));
  }
}
