package io.bagpipe.streams.lease;

import io.bagpipe.streams.kafka.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A process that publishes as long as it may: arguments are bootstrap servers, topic, its id. */
final class LeaseChild {
  private LeaseChild() {}

  public static void main(String[] args) throws InterruptedException {
    Lease lease =
        new Lease(
            KafkaSettings.of(args[0]), LeaseTest.settings(args[1], Holder.here(args[2], "child")));
    lease.start();
    byte[] key = args[2].getBytes(StandardCharsets.UTF_8);
    boolean said = false;
    try {
      for (int i = 0; ; i++) {
        if (lease.await(Duration.ofSeconds(60))) {
          byte[] value = (args[2] + " " + i).getBytes(StandardCharsets.UTF_8);
          lease.publish(List.of(new ProducerRecord<>(args[1], key, value)), "note " + i);
          if (!said) {
            System.out.println("taken");
            said = true;
          }
        }
        Thread.sleep(20);
      }
    } catch (LeaseLostException e) {
      System.out.println("lost " + e.getMessage());
    }
  }
}
