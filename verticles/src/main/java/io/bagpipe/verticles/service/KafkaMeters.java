package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.ClientMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Kafka's own metrics of each client as meters, taken away when the client is closed. Their tags
 * are client, topic, partition and broker, so that their number is bounded by the cluster's.
 */
final class KafkaMeters implements ClientMetrics, AutoCloseable {
  private final PrometheusMeterRegistry registry;

  /** Looks once a minute for metrics that a client has only made meanwhile. */
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "bagpipe-kafka-metrics");
            thread.setDaemon(true);
            return thread;
          });

  KafkaMeters(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /** Of all meters of this process. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  @Override
  public Runnable watch(Producer<?, ?> producer) {
    return bound(new KafkaClientMetrics(producer, List.of(), looking));
  }

  @Override
  public Runnable watch(Consumer<?, ?> consumer) {
    return bound(new KafkaClientMetrics(consumer, List.of(), looking));
  }

  private Runnable bound(KafkaClientMetrics metrics) {
    metrics.bindTo(registry);
    return metrics::close;
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
