package io.bagpipe.model.checkpoint;

/**
 * Which network the tensors belong to.
 *
 * @param name for instance {@code resnet18}
 * @param width base width
 * @param stem for instance {@code cifar} or {@code imagenet}
 * @param size side of the input, pixels
 * @param head for instance {@code mlp-2048-128}
 */
public record Architecture(String name, int width, String stem, int size, String head) {}
