package io.bagpipe.tests;

import io.bagpipe.model.data.PngWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Pictures made up from a seed: grey 28x28 with a few classes of shapes. */
final class TestImages {
  private static final int SIDE = 28;

  private TestImages() {}

  static byte[] png(int number) {
    Random random = new Random(number);
    int kind = number % 4;
    byte[] pixels = new byte[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        boolean ink =
            switch (kind) {
              case 0 -> x % 8 < 3;
              case 1 -> y % 8 < 3;
              case 2 -> (x - 14) * (x - 14) + (y - 14) * (y - 14) < 80;
              default -> Math.abs(x - y) < 4;
            };
        pixels[y * SIDE + x] = (byte) ((ink ? 180 : 20) + random.nextInt(60));
      }
    }
    return png(pixels);
  }

  /** All zeros, as every view of it is. */
  static byte[] black() {
    return png(new byte[SIDE * SIDE]);
  }

  private static byte[] png(byte[] pixels) {
    try (PngWriter writer = new PngWriter()) {
      return writer.encode(pixels, 0, SIDE, SIDE, 1);
    }
  }

  /** Records {@code from} to {@code to} (exclusive), keyed {@code img-NUMBER}, labelled. */
  static List<ProducerRecord<byte[], byte[]>> records(int from, int to) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      records.add(record("img-" + i, png(i)).withLabel(i % 4).build());
    }
    return records;
  }

  /** Pushes those records as any Kafka client would, and waits until the broker has them. */
  static void produce(String bootstrap, int from, int to) {
    produce(bootstrap, records(from, to));
  }

  /** The same, but of those from a number on each says the name of its era. */
  static void produceEras(String bootstrap, int from, int to, int begins, String era) {
    List<ProducerRecord<byte[], byte[]>> records = records(from, to);
    for (int i = Math.max(from, begins); i < to; i++) {
      records.get(i - from).headers().add("era", era.getBytes(StandardCharsets.UTF_8));
    }
    produce(bootstrap, records);
  }

  /** The same of the first numbers, but those of the first two kinds before all others. */
  static void produceInPhases(String bootstrap, int count) {
    List<ProducerRecord<byte[], byte[]>> first = new ArrayList<>();
    List<ProducerRecord<byte[], byte[]>> second = new ArrayList<>();
    List<ProducerRecord<byte[], byte[]>> all = records(0, count);
    for (int i = 0; i < count; i++) {
      (i % 4 < 2 ? first : second).add(all.get(i));
    }
    first.addAll(second);
    produce(bootstrap, first);
  }

  static void produce(String bootstrap, List<ProducerRecord<byte[], byte[]>> records) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "max.block.ms",
            "120000",
            // the first request may come before the topic has a leader, and be sent again
            "max.in.flight.requests.per.connection",
            "1");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(record);
      }
      producer.flush();
    }
  }

  static Builder record(String key, byte[] value) {
    return new Builder(key, value);
  }

  /** A record with or without a label. */
  static final class Builder {
    private final ProducerRecord<byte[], byte[]> record;

    private Builder(String key, byte[] value) {
      byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
      record = new ProducerRecord<>("images", bytes, value);
    }

    Builder withLabel(int label) {
      record.headers().add("label", Integer.toString(label).getBytes(StandardCharsets.UTF_8));
      return this;
    }

    ProducerRecord<byte[], byte[]> build() {
      return record;
    }
  }
}
