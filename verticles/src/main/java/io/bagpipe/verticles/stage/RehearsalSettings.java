package io.bagpipe.verticles.stage;

import io.bagpipe.model.memory.MemoryConfig;

/**
 * What is trained on once more.
 *
 * @param topic of the memories
 * @param perAnchor images that are drawn for each new one, on average
 */
public record RehearsalSettings(String topic, double perAnchor, MemoryConfig memory) {
  /**
   * @param share of all anchors, new and drawn ones
   */
  static RehearsalSettings of(String topic, double share, MemoryConfig memory) {
    return new RehearsalSettings(topic, share / (1 - share), memory);
  }
}
