package io.bagpipe.verticles.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.verticles.bags.BagIndexVerticle;
import io.bagpipe.verticles.bags.WindowRestore;
import io.bagpipe.verticles.service.QuietVertx;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Times how long a window takes to be rebuilt from the log, as after a restart: an embedded broker
 * of its own, a topic of embeddings as the teacher stage writes them, and the very code that the
 * bag index runs when a partition is assigned.
 */
public final class RestoreBench {
  private static final int KEY = 128;
  private static final int RECORD_BYTES = 16 << 20;

  /** Records are of as many anchors as the teacher takes at once. */
  private static final int BATCH = 64;

  private final RandomGenerator random = new SplittableRandom(1);
  private final Shape shape;

  /**
   * What lies in the log.
   *
   * @param images in the window, and in the log
   * @param dimension of their features
   * @param viewSize side of the query view that rides along, pixels
   * @param imageBytes of an encoded image
   */
  public record Shape(int images, int dimension, int viewSize, int imageBytes) {}

  /**
   * What was measured.
   *
   * @param restoreSeconds from assignment until the window is as it was
   * @param logBytes that were read, before compression
   */
  public record Result(double restoreSeconds, long logBytes) {}

  public RestoreBench(Shape shape) {
    this.shape = shape;
  }

  /**
   * Writes the log and rebuilds windows from it, one after the other; the best counts.
   *
   * @param directory for the broker; empty
   */
  public Result run(Path directory, int times) throws Exception {
    Vertx vertx = QuietVertx.create();
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(new BrokerSettings(directory, 0, RECORD_BYTES, Map.of()))) {
      KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
      Topics topics = Topics.withPrefix("");
      TopicAdmin admin = new TopicAdmin(vertx, kafka);
      admin
          .ensure(topics, TopicSettings.defaults())
          .eventually(admin::close)
          .toCompletionStage()
          .toCompletableFuture()
          .join();
      long bytes = write(kafka, topics.embeddings());
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < times; i++) {
        best = Math.min(best, restore(kafka, topics));
      }
      return new Result(best, bytes);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private double restore(KafkaSettings kafka, Topics topics) throws Exception {
    long payload = (long) shape.images() * (shape.imageBytes() + KEY * Float.BYTES + Long.BYTES);
    BagConfig config =
        new BagConfig(shape.images(), payload, 5, -1, 2, MemberChoice.UNIFORM, 1, null);
    WindowRestore window =
        new WindowRestore(
            config,
            new BagIndexVerticle.Dimensions(shape.dimension(), KEY),
            kafka,
            topics.embeddings(),
            topics.bags());
    long began = System.nanoTime();
    long restored = window.run(0);
    double seconds = (System.nanoTime() - began) / 1e9;
    if (restored != shape.images()) {
      throw new IllegalStateException(
          restored + " images came back of " + shape.images() + " that were written");
    }
    return seconds;
  }

  private long write(KafkaSettings kafka, String topic) {
    long bytes = 0;
    Map<String, Object> tuning =
        Map.of("compression.type", TopicSettings.defaults().innerCompression());
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.producer(tuning, Map.of("max.request.size", RECORD_BYTES)))) {
      for (int from = 0; from < shape.images(); from += BATCH) {
        EmbeddingBatch.Builder batch =
            EmbeddingBatch.newBuilder().setVersion(Codecs.VERSION).setSize(shape.viewSize());
        for (int i = from; i < Math.min(shape.images(), from + BATCH); i++) {
          batch.addItems(image(i));
        }
        byte[] value = batch.build().toByteArray();
        producer.send(new ProducerRecord<>(topic, 0, null, value));
        bytes += value.length;
      }
    }
    return bytes;
  }

  private EmbeddedAnchor image(int offset) {
    byte[] id = ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    return EmbeddedAnchor.newBuilder()
        .setAnchor(
            Anchor.newBuilder()
                .setId(UnsafeByteOperations.unsafeWrap(id))
                .setSourceOffset(offset)
                .setEncoded(bytes(shape.imageBytes())))
        .setQueryView(bytes(shape.viewSize() * shape.viewSize() * 3))
        .setFeatures(Vectors.bytes(unit(shape.dimension())))
        .setKey(Vectors.bytes(unit(KEY)))
        .build();
  }

  private ByteString bytes(int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    return UnsafeByteOperations.unsafeWrap(noise);
  }

  private float[] unit(int dimension) {
    float[] vector = new float[dimension];
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
      sum += (double) vector[i] * vector[i];
    }
    float scale = (float) (1 / Math.sqrt(sum));
    for (int i = 0; i < dimension; i++) {
      vector[i] *= scale;
    }
    return vector;
  }
}
