package io.bagpipe.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * The broker of {@code docker/compose.yaml}, with its image and its settings, in a container of its
 * own. Its port on 127.0.0.1 is chosen here and stays the same over a restart.
 */
final class ContainerKafka extends GenericContainer<ContainerKafka> {
  private static final Path COMPOSE = Path.of("..", "docker", "compose.yaml");
  private static final int LISTENER = 9092;
  private static final int SECONDS_TO_STOP = 20;

  /** Asked for once: a registry that does not answer is waited for, for two minutes. */
  private static Optional<String> missing;

  private final int port;

  ContainerKafka() throws IOException {
    this(compose(), FreePort.next());
  }

  private ContainerKafka(JsonNode service, int port) {
    super(service.get("image").asText());
    this.port = port;
    Map<String, String> settings =
        service.get("environment").properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().asText()));
    settings.computeIfPresent(
        "KAFKA_ADVERTISED_LISTENERS",
        (key, all) -> all.replace("localhost:" + LISTENER, bootstrap()));
    withEnv(settings);
    withExposedPorts(LISTENER);
    PortBinding published =
        new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", port), ExposedPort.tcp(LISTENER));
    withCreateContainerCmdModifier(
        command -> {
          command.withHostName("kafka");
          Objects.requireNonNull(command.getHostConfig()).withPortBindings(published);
        });
    waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1));
    withStartupTimeout(Duration.ofMinutes(1));
  }

  /**
   * Why no such container can be had on this machine: no Docker, or an image neither here nor to be
   * pulled.
   */
  static synchronized Optional<String> missing() throws IOException {
    if (missing == null) {
      missing = tried();
    }
    return missing;
  }

  private static Optional<String> tried() throws IOException {
    try {
      DockerClientFactory.instance().client();
      return new ContainerKafka().getDockerImageName().isEmpty()
          ? Optional.of("an image without a name")
          : Optional.empty();
    } catch (IllegalStateException | ContainerFetchException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static JsonNode compose() throws IOException {
    return new YAMLMapper().readTree(COMPOSE.toFile()).at("/services/kafka");
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Stops the broker as {@code docker restart} does and starts it on what it had written. */
  void restart() {
    getDockerClient().restartContainerCmd(getContainerId()).withTimeout(SECONDS_TO_STOP).exec();
  }

  /** From now on it answers nobody, and closes no connection: a network that is cut. */
  void pause() {
    getDockerClient().pauseContainerCmd(getContainerId()).exec();
  }

  void unpause() {
    getDockerClient().unpauseContainerCmd(getContainerId()).exec();
  }
}
