package io.bagpipe.streams.kafka;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where Kafka is and how to get in. The properties are passed through to every client (SASL, TLS,
 * client.rack, …); they override Bagpipe's tuning, but never what its promises stand on (isolation,
 * acknowledgements, group and transaction ids, serialisation).
 *
 * @param bootstrapServers {@code host:port[,host:port]}
 * @param metrics told of the clients made with these settings
 */
public record KafkaSettings(
    String bootstrapServers, Map<String, String> properties, ClientMetrics metrics) {
  private static final Pattern SECRET =
      Pattern.compile("password|secret|jaas|token|keystore\\.key");

  public KafkaSettings {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "kafka bootstrap servers are empty, must be host:port[,host:port]");
    }
    properties = Map.copyOf(properties);
  }

  /** Clients that nobody watches. */
  public KafkaSettings(String bootstrapServers, Map<String, String> properties) {
    this(bootstrapServers, properties, ClientMetrics.NONE);
  }

  public static KafkaSettings of(String bootstrapServers) {
    return new KafkaSettings(bootstrapServers, Map.of());
  }

  /**
   * Properties of one client.
   *
   * @param tuning used unless the user's properties say otherwise
   * @param fixed used whatever they say
   */
  public Map<String, Object> client(Map<String, ?> tuning, Map<String, ?> fixed) {
    Map<String, Object> merged = new HashMap<>(tuning);
    merged.putAll(properties);
    merged.putAll(fixed);
    merged.put("bootstrap.servers", bootstrapServers);
    return merged;
  }

  /** A plain consumer of bytes that reads committed records and commits nothing by itself. */
  public Map<String, Object> consumer(Map<String, ?> tuning, Map<String, ?> fixed) {
    Map<String, Object> own = new HashMap<>(fixed);
    own.put("isolation.level", "read_committed");
    own.put("enable.auto.commit", "false");
    own.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    own.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    return client(tuning, own);
  }

  /** An idempotent producer of bytes that waits for all in-sync replicas. */
  public Map<String, Object> producer(Map<String, ?> tuning, Map<String, ?> fixed) {
    Map<String, Object> own = new HashMap<>(fixed);
    own.put("acks", "all");
    own.put("enable.idempotence", "true");
    own.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    own.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    return client(tuning, own);
  }

  /** An admin client whose calls give up after half a minute. */
  public Map<String, Object> admin() {
    return client(
        Map.of("default.api.timeout.ms", "30000", "request.timeout.ms", "10000"), Map.of());
  }

  /** Secrets print as ***. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(properties);
    shown.replaceAll((k, v) -> SECRET.matcher(k.toLowerCase(Locale.ROOT)).find() ? "***" : v);
    return "KafkaSettings[bootstrapServers=" + bootstrapServers + ", properties=" + shown + "]";
  }
}
