package io.bagpipe.model.network;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which student: what configuration names and checkpoints remember, and {@link #spec()} turns into
 * nodes.
 *
 * @param width channels of the first stage of a ResNet (64 as published); the others have one width
 *     and take only {@link #DEFAULT_WIDTH}
 */
public record Architecture(Family family, int width, Stem stem, Head head) {
  /** The published base width. */
  public static final int DEFAULT_WIDTH = 64;

  /** The students of the published table. */
  public enum Family {
    RESNET18,
    RESNET34,
    RESNET50,
    MOBILENET_V3_LARGE,
    EFFICIENTNET_B0;

    /** The name in torchvision, {@code resnet18} for instance. */
    public String torchvisionName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The family of this torchvision name. */
    public static Family of(String name) {
      for (Family family : values()) {
        if (family.torchvisionName().equals(name)) {
          return family;
        }
      }
      throw new IllegalArgumentException(
          "no student architecture "
              + name
              + "; there are "
              + Arrays.stream(values())
                  .map(Family::torchvisionName)
                  .collect(Collectors.joining(", ")));
    }

    boolean isResNet() {
      return this == RESNET18 || this == RESNET34 || this == RESNET50;
    }
  }

  public Architecture {
    if (width < 1 || (!family.isResNet() && width != DEFAULT_WIDTH)) {
      throw new IllegalArgumentException(
          family.torchvisionName()
              + " of width "
              + width
              + (family.isResNet() ? "; takes 1 and more" : "; takes only " + DEFAULT_WIDTH));
    }
  }

  /** As published: width 64, the default head. */
  public static Architecture of(Family family, Stem stem) {
    return new Architecture(family, DEFAULT_WIDTH, stem, Head.DEFAULT);
  }

  /** In a line, for people: {@code resnet18, width 16, cifar stem, head mlp-2048-128}. */
  @Override
  public String toString() {
    return family.torchvisionName()
        + ", width "
        + width
        + ", "
        + stem.name().toLowerCase(Locale.ROOT)
        + " stem, head mlp-"
        + head.hidden()
        + "-"
        + head.embedding();
  }

  /** The network itself. */
  public NetworkSpec spec() {
    return switch (family) {
      case RESNET18, RESNET34, RESNET50 -> ResNets.build(this);
      case MOBILENET_V3_LARGE -> MobileNetV3.build(this);
      case EFFICIENTNET_B0 -> EfficientNet.build(this);
    };
  }
}
