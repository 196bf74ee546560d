package io.bagpipe.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  @Test
  void secretsPrintAsStars() {
    KafkaSettings settings =
        new KafkaSettings(
            "broker:9093",
            Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "PlainLoginModule required password=\"hunter2\";",
                "ssl.keystore.password", "hunter3",
                "ssl.keystore.key", "hunter4"));

    assertThat(settings.toString())
        .contains("SASL_SSL", "sasl.jaas.config=***", "ssl.keystore.password=***")
        .doesNotContain("hunter");
  }

  @Test
  void theUsersPropertiesOverrideTuningButNotWhatPromisesStandOn() {
    KafkaSettings settings =
        new KafkaSettings(
            "broker:9092",
            Map.of("fetch.max.bytes", "1", "isolation.level", "read_uncommitted", "acks", "0"));

    assertThat(settings.consumer(Map.of("fetch.max.bytes", "9"), Map.of()))
        .containsEntry("fetch.max.bytes", "1")
        .containsEntry("isolation.level", "read_committed");
    assertThat(settings.producer(Map.of(), Map.of())).containsEntry("acks", "all");
  }
}
