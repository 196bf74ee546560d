package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What a command asks of a Kafka before it starts: is it there, is the topic, how large may a
 * record be.
 */
public final class KafkaConnection implements AutoCloseable {
  private static final int SECONDS = 20;
  private static final String LIMIT = "max.message.bytes";

  private final String bootstrap;
  private final KafkaSettings settings;
  private final Admin admin;

  public KafkaConnection(String bootstrap, BagpipeConfig config) {
    this.bootstrap = bootstrap;
    this.settings = new KafkaSettings(bootstrap, config.kafka().properties());
    Map<String, String> patience =
        Map.of(
            "default.api.timeout.ms",
            Integer.toString(SECONDS * 1000),
            "request.timeout.ms",
            "5000");
    try {
      this.admin = Admin.create(settings.client(patience, Map.of()));
    } catch (RuntimeException e) {
      throw new CommandFailedException(
          "cannot reach Kafka at " + bootstrap + ": " + Failures.deepest(e), e);
    }
  }

  public KafkaSettings settings() {
    return settings;
  }

  /** Which Kafka it is, whatever its address. */
  public String clusterId() {
    return get(admin.describeCluster().clusterId(), "cluster");
  }

  /** How many partitions a topic has; fails when there is no such topic. */
  public int partitions(String topic) {
    TopicDescription found =
        get(admin.describeTopics(List.of(topic)).allTopicNames(), topic).get(topic);
    return found == null ? 0 : found.partitions().size();
  }

  /** Largest batch that a topic takes, bytes. */
  public long largestBatch(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<ConfigResource, Config> found = get(admin.describeConfigs(List.of(resource)).all(), topic);
    Config config = found.get(resource);
    ConfigEntry entry = config == null ? null : config.get(LIMIT);
    return entry == null ? 1 << 20 : Long.parseLong(entry.value());
  }

  private <T> T get(KafkaFuture<T> future, String what) {
    try {
      return future.get(SECONDS + 5L, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new CommandFailedException(
            "there is no topic \""
                + what
                + "\" on "
                + bootstrap
                + "; start the service, which creates its topics, or name another with --topic",
            e);
      }
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw new CommandFailedException("no Kafka answers at " + bootstrap, e);
      }
      throw new CommandFailedException(
          "cannot reach Kafka at " + bootstrap + ": " + Failures.deepest(e), e);
    } catch (TimeoutException e) {
      throw new CommandFailedException("no Kafka answers at " + bootstrap, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
