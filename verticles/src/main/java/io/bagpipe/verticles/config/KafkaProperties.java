package io.bagpipe.verticles.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Properties of Kafka's clients among our keys. */
final class KafkaProperties {
  static final String PREFIX = "kafka.";

  /** What Bagpipe's promises rest on. */
  private static final Set<String> RESERVED =
      Set.of(
          "acks",
          "auto.offset.reset",
          "enable.auto.commit",
          "enable.idempotence",
          "group.id",
          "isolation.level",
          "key.deserializer",
          "key.serializer",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

  private static final Pattern SECRET =
      Pattern.compile("password|secret|token|jaas|credential|keystore\\.key|private");

  private static final Set<String> KNOWN = known();

  private KafkaProperties() {}

  static boolean isPassedThrough(String path) {
    return path.startsWith(PREFIX) && !Sections.BY_PATH.containsKey(path);
  }

  static boolean isSecret(String name) {
    return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  /**
   * Refuses what would break a promise, and what looks like a slip of the pen. Anything else may
   * belong to a plug-in that the user named, so it goes through.
   */
  static void check(String path, Values.Entry entry) {
    String name = path.substring(PREFIX.length());
    String shown = isSecret(name) ? "***" : entry.text();
    if (RESERVED.contains(name)) {
      throw new ConfigException(
          path
              + ": \""
              + shown
              + "\" is not valid; Bagpipe sets this property itself, take the key out (set by "
              + entry.origin()
              + ")");
    }
    if (!KNOWN.contains(name)) {
      Optional<String> near = Nearest.of(name, KNOWN, 2);
      if (near.isPresent()) {
        throw new ConfigException(
            path
                + ": \""
                + shown
                + "\" is of an unknown key; did you mean "
                + PREFIX
                + near.get()
                + "? (set by "
                + entry.origin()
                + ")");
      }
    }
  }

  private static Set<String> known() {
    Set<String> names = new TreeSet<>(ProducerConfig.configNames());
    names.addAll(ConsumerConfig.configNames());
    names.addAll(AdminClientConfig.configNames());
    return Set.copyOf(names);
  }
}
