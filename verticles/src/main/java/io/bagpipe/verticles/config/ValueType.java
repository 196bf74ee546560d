package io.bagpipe.verticles.config;

import java.util.function.Function;

/**
 * A type of value: parses text, says what would be valid, prints the canonical form.
 *
 * @param valid completes the sentence "expected …"
 * @param parser throws IllegalArgumentException for text that is not valid
 * @param literal whether the printed form is a YAML and JSON literal (number, boolean, list) and no
 *     string
 * @param secret whether its values must never be shown
 */
record ValueType<T>(
    String valid,
    Function<String, T> parser,
    Function<T, String> printer,
    boolean literal,
    boolean secret) {

  ValueType(
      String valid, Function<String, T> parser, Function<T, String> printer, boolean literal) {
    this(valid, parser, printer, literal, false);
  }

  T parse(String text) {
    return parser.apply(text);
  }

  String print(T value) {
    return printer.apply(value);
  }
}
