package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which Kafka, and how to reach it.
 *
 * @param bootstrapServers empty for the embedded broker
 * @param embeddedPort of the embedded broker, 0 for any free one
 * @param properties every other {@code kafka.*} key without that prefix, for all clients
 */
public record KafkaConfig(
    String bootstrapServers, int embeddedPort, Map<String, String> properties) {
  static final Key<String> BOOTSTRAP_SERVERS =
      new Key<>(
          "kafka.bootstrap.servers",
          text(
              "host:port, several with commas between them",
              s -> s.isEmpty() || s.matches("[^\\s,]+:\\d{1,5}( ?, ?[^\\s,]+:\\d{1,5})*")),
          "",
          "An existing Kafka, host:port,host:port; empty starts an embedded broker. Every other"
              + " kafka.* key is a property of Kafka's own clients and passed on to them, flat or"
              + " nested: kafka.security.protocol, kafka.sasl.mechanism, kafka.sasl.jaas.config,"
              + " kafka.ssl.truststore.location ...");
  static final Key<Integer> EMBEDDED_PORT =
      new Key<>(
          "kafka.embedded.port",
          integer(0, 65535),
          "0",
          "Port of the embedded broker on 127.0.0.1; 0 takes any free one.");

  static final List<Key<?>> KEYS = List.of(BOOTSTRAP_SERVERS, EMBEDDED_PORT);

  public KafkaConfig {
    properties = Map.copyOf(properties);
  }

  static KafkaConfig from(Values v) {
    Map<String, String> properties = new TreeMap<>();
    v.entries()
        .forEach(
            (path, entry) -> {
              if (KafkaProperties.isPassedThrough(path)) {
                properties.put(path.substring(KafkaProperties.PREFIX.length()), entry.text());
              }
            });
    return new KafkaConfig(
        v.get(BOOTSTRAP_SERVERS).replace(" ", ""), v.get(EMBEDDED_PORT), properties);
  }

  /** Whether this process brings its own broker. */
  public boolean embedded() {
    return bootstrapServers.isEmpty();
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(properties);
    shown.replaceAll((name, value) -> KafkaProperties.isSecret(name) ? "***" : value);
    return "KafkaConfig[bootstrapServers="
        + bootstrapServers
        + ", embeddedPort="
        + embeddedPort
        + ", properties="
        + shown
        + "]";
  }
}
