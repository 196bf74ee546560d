package io.bagpipe.verticles.config;

import java.util.Locale;

/**
 * One key of the configuration.
 *
 * @param path dotted, lower case: {@code train.batch}
 * @param type parses, checks and prints its values
 * @param standard the built-in value, as text
 * @param words what it means, with its unit; stands above the key in {@code docs/bagpipe.yaml}
 */
public record Key<T>(String path, ValueType<T> type, String standard, String words) {

  /**
   * The environment's name of this key: {@code train.lr-floor} is {@code BAGPIPE_TRAIN_LR_FLOOR}.
   */
  public String environmentName() {
    return "BAGPIPE_" + path.toUpperCase(Locale.ROOT).replaceAll("[.+-]", "_");
  }

  String canonical(String text) {
    return type.print(type.parse(text));
  }
}
