package io.bagpipe.streams.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Watches the metrics of the long-lived clients that are made: those of the stages and of the door
 * for images. Called from any thread.
 */
public interface ClientMetrics {
  /** Watches nothing. */
  ClientMetrics NONE =
      new ClientMetrics() {
        @Override
        public Runnable watch(Producer<?, ?> producer) {
          return () -> {};
        }

        @Override
        public Runnable watch(Consumer<?, ?> consumer) {
          return () -> {};
        }
      };

  /** What comes back is run once, when the client is closed. */
  Runnable watch(Producer<?, ?> producer);

  /** What comes back is run once, when the client is closed. */
  Runnable watch(Consumer<?, ?> consumer);
}
