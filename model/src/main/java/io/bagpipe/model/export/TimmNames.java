package io.bagpipe.model.export;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * timm's names for the tensors of our networks: its {@code mobilenetv3_large_100} and {@code
 * efficientnet_b0} (its ResNets have torchvision's names). Read off timm's own state dicts. Its
 * {@code tf_} variants have the same names and other padding, and cannot be told apart by them.
 */
final class TimmNames {
  /** A tensor that only timm's names have. */
  static final String SIGN = "conv_stem.weight";

  private static final Pattern BLOCK =
      Pattern.compile("features\\.(\\d+)(?:\\.(\\d+))?\\.block\\.(\\d+)\\.(0|1|fc1|fc2)");

  /** Where the stages of timm's MobileNetV3 end, in torchvision's count of blocks from 1. */
  private static final int[] MOBILENET_STAGES = {1, 3, 6, 10, 12, 15};

  /** PyTorch's default, which timm's MobileNetV3 has and torchvision's has not. */
  private static final float EPSILON = 1e-5f;

  private final NetworkSpec spec;
  private final Family family;
  private final Map<String, Operation> operations = new HashMap<>();

  private TimmNames(NetworkSpec spec, Family family) {
    this.spec = spec;
    this.family = family;
    spec.nodes().forEach(node -> operations.put(node.name(), node.operation()));
  }

  /** timm's name of each of our network's tensors; the projection head has none there. */
  static Map<String, String> of(NetworkSpec spec, Family family) {
    TimmNames names = new TimmNames(spec, family);
    Map<String, String> found = new HashMap<>();
    for (Node node : spec.nodes()) {
      String module = names.module(node.name());
      node.parameters()
          .forEach(p -> found.put(p.name(), module + p.name().substring(node.name().length())));
    }
    return found;
  }

  /** The network with timm's arithmetic. */
  static NetworkSpec arithmetic(NetworkSpec spec) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : spec.nodes()) {
      nodes.add(
          node.operation() instanceof Operation.BatchNorm norm
              ? new Node(
                  node.name(),
                  new Operation.BatchNorm(norm.channels(), EPSILON, norm.momentum()),
                  node.inputs())
              : node);
    }
    return new NetworkSpec(spec.name(), nodes, spec.featureNode());
  }

  private String module(String ours) {
    Matcher block = BLOCK.matcher(ours);
    if (block.matches()) {
      return inBlock(ours.substring(0, ours.indexOf(".block.")), block);
    }
    boolean mobile = family == Family.MOBILENET_V3_LARGE;
    return switch (ours) {
      case "features.0.0" -> "conv_stem";
      case "features.0.1" -> "bn1";
      case "features.8.0" -> mobile ? ours : "conv_head";
      case "features.8.1" -> mobile ? ours : "bn2";
      case "features.16.0" -> mobile ? "blocks.6.0.conv" : ours;
      case "features.16.1" -> mobile ? "blocks.6.0.bn1" : ours;
      default -> ours;
    };
  }

  private String inBlock(String name, Matcher block) {
    boolean expands =
        operations.get(name + ".block.0.0") instanceof Operation.Convolution first
            && first.groups() == 1;
    int depthwise = expands ? 1 : 0;
    int layer = Integer.parseInt(block.group(3));
    boolean convolution = block.group(4).equals("0");
    String last;
    if (block.group(4).startsWith("fc")) {
      last = block.group(4).equals("fc1") ? "se.conv_reduce" : "se.conv_expand";
    } else if (layer < depthwise) {
      last = convolution ? "conv_pw" : "bn1";
    } else if (layer == depthwise) {
      last = convolution ? "conv_dw" : expands ? "bn2" : "bn1";
    } else if (expands) {
      last = convolution ? "conv_pwl" : "bn3";
    } else {
      last = convolution ? "conv_pw" : "bn2";
    }
    return place(block) + "." + last;
  }

  private String place(Matcher block) {
    int first = Integer.parseInt(block.group(1));
    if (block.group(2) != null) {
      return "blocks." + (first - 1) + "." + block.group(2);
    }
    int stage = 0;
    while (first > MOBILENET_STAGES[stage]) {
      stage++;
    }
    int before = stage == 0 ? 0 : MOBILENET_STAGES[stage - 1];
    return "blocks." + stage + "." + (first - before - 1);
  }

  @Override
  public String toString() {
    return "timm's names for " + spec.name();
  }
}
