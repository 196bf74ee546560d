package io.bagpipe.streams.kafka;

import java.util.List;

/**
 * The names of Bagpipe's topics: {@code images → views → embeddings → bags → students}, and the
 * dead letters of all stages in {@code images.dlq}; what the bag index remembers of earlier images
 * in {@code memory}, and of the stream to tell when it changes in {@code drift}.
 */
public record Topics(
    String images,
    String deadLetters,
    String views,
    String embeddings,
    String bags,
    String students,
    String memory,
    String drift) {

  public static Topics named() {
    return withPrefix("");
  }

  /** For several Bagpipes on one broker; the prefix stands before every name. */
  public static Topics withPrefix(String prefix) {
    return new Topics(
        prefix + "images",
        prefix + "images.dlq",
        prefix + "views",
        prefix + "embeddings",
        prefix + "bags",
        prefix + "students",
        prefix + "memory",
        prefix + "drift");
  }

  /** The topics between stages: as many partitions as images, kept until they are trimmed. */
  public List<String> inner() {
    return List.of(views, embeddings, bags);
  }

  /** The topics that have a partition for each of images. */
  public List<String> byPartition() {
    return List.of(views, embeddings, bags, memory, drift);
  }
}
