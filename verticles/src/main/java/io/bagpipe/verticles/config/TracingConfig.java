package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;

/**
 * Spans of batches.
 *
 * @param otlpEndpoint of a collector; empty: no tracing
 */
public record TracingConfig(String otlpEndpoint) {
  static final Key<String> OTLP_ENDPOINT =
      new Key<>(
          "tracing.otlp-endpoint",
          text(
              "http://host:port or https://host:port, or empty",
              s -> s.isEmpty() || s.matches("https?://[^/\\s:]+(:\\d{1,5})?(/\\S*)?")),
          "",
          "OpenTelemetry collector (OTLP over HTTP, usually port 4318) that gets a span for each"
              + " batch of each stage; records then carry a W3C traceparent header. Empty: off.");

  static final List<Key<?>> KEYS = List.of(OTLP_ENDPOINT);

  static TracingConfig from(Values values) {
    return new TracingConfig(values.get(OTLP_ENDPOINT));
  }
}
