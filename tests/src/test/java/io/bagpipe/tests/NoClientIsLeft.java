package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each class no Kafka client of this process may be left: nobody would close it, and it would
 * look for its broker, which is gone, and say so every second to the end of the run. Registered for
 * all classes in {@code META-INF/services}.
 */
public final class NoClientIsLeft implements AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final List<String> CLIENTS =
      List.of(
          "kafka-producer-network-thread", "kafka-admin-client-thread", "vert.x-kafka-consumer");

  @Override
  public void afterAll(ExtensionContext context) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(clients())
                    .as("Kafka clients that %s has not closed", context.getDisplayName())
                    .isEmpty());
  }

  private static Stream<String> clients() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> CLIENTS.stream().anyMatch(name::startsWith));
  }
}
