package io.bagpipe.model.network;

/** How a network begins: for small images nothing is thrown away at once. */
public enum Stem {
  /**
   * ResNet: a 3x3 convolution, stride 1, no pooling. Others: the first convolution has stride 1.
   */
  CIFAR,
  /** As torchvision has it. */
  IMAGENET
}
