package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import io.bagpipe.model.eval.HeldOut;
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
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.StateRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.RestoreMeter;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A broker with the topic of embeddings, and somebody who writes to it. */
final class EmbeddingsBroker implements AutoCloseable {
  static final int FEATURES = 8;
  static final int KEY = 4;
  static final int SIZE = 8;
  static final String EMBEDDINGS = "embeddings";
  static final String BAGS = "bags";
  static final String MEMORY = "memory";

  private final Random random = new Random(5);
  private final Vertx vertx = Vertx.vertx();
  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicAdmin admin;

  EmbeddingsBroker(Path directory, int partitions) throws Exception {
    broker =
        EmbeddedBroker.start(
            new BrokerSettings(
                directory,
                0,
                BrokerSettings.DEFAULT_MAX_RECORD_BYTES,
                Map.of("broker.session.timeout.ms", "30000")));
    producer = new KafkaProducer<>(kafka().producer(Map.of("linger.ms", "0"), Map.of()));
    admin = new TopicAdmin(vertx, kafka());
    admin
        .ensure(Topics.withPrefix(""), TopicSettings.defaults().withPartitions(partitions))
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  KafkaSettings kafka() {
    return KafkaSettings.of(broker.bootstrapServers());
  }

  static BagConfig config(int window) {
    return new BagConfig(window, 1 << 20, 3, -1, 2, MemberChoice.UNIFORM, 1, null);
  }

  /** Setup of windows of this many pushes. */
  Windows.Setup setup(int window, Windows.Waiting waiting) {
    return setup(window, waiting, Makers.any());
  }

  Windows.Setup setup(int window, Windows.Waiting waiting, Makers makers) {
    return setup(window, waiting, makers, HeldOut.NONE);
  }

  Windows.Setup setup(int window, Windows.Waiting waiting, Makers makers, HeldOut heldOut) {
    return new Windows.Setup(
        config(window),
        42,
        new BagIndexVerticle.Dimensions(FEATURES, KEY),
        Kept.KEY,
        kafka(),
        makers,
        EMBEDDINGS,
        BAGS,
        waiting,
        new RestoreMeter(),
        heldOut);
  }

  private float[] unit(int dimension) {
    float[] vector = new float[dimension];
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
      sum += vector[i] * vector[i];
    }
    for (int i = 0; i < dimension; i++) {
      vector[i] /= (float) Math.sqrt(sum);
    }
    return vector;
  }

  /** An image of the stream with vectors from a seed. */
  EmbeddedAnchor image(int partition, long offset, String id) {
    return image(partition, offset, id, unit(FEATURES));
  }

  EmbeddedAnchor image(int partition, long offset, String id, float[] features) {
    return EmbeddedAnchor.newBuilder()
        .setAnchor(anchor(partition, offset, id).setEncoded(ByteString.copyFromUtf8("file " + id)))
        .setQueryView(ByteString.copyFrom(new byte[SIZE * SIZE * 3]))
        .setFeatures(Vectors.bytes(features))
        .setKey(Vectors.bytes(unit(KEY)))
        .build();
  }

  EmbeddedAnchor removal(int partition, long offset, String id) {
    return EmbeddedAnchor.newBuilder()
        .setAnchor(anchor(partition, offset, id).setRemoved(true))
        .build();
  }

  private static Anchor.Builder anchor(int partition, long offset, String id) {
    return Anchor.newBuilder()
        .setId(ByteString.copyFromUtf8(id))
        .setSourcePartition(partition)
        .setSourceOffset(offset);
  }

  /** Writes one record; its offset. */
  long produce(int partition, EmbeddedAnchor... items) throws Exception {
    return produceMadeBy("", partition, items);
  }

  long produceMadeBy(String maker, int partition, EmbeddedAnchor... items) throws Exception {
    byte[] value =
        EmbeddingBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(SIZE)
            .setMadeBy(maker)
            .addAllItems(List.of(items))
            .build()
            .toByteArray();
    return producer
        .send(new ProducerRecord<>(EMBEDDINGS, partition, null, value))
        .get(30, TimeUnit.SECONDS)
        .offset();
  }

  /** Records of one image each, under the partition's own ids. */
  void produceImages(int partition, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      produce(partition, image(partition, i, "p" + partition + "-" + i));
    }
  }

  /** As if a bag had come out of this partition before. */
  void produceBag(int partition) throws Exception {
    producer
        .send(new ProducerRecord<>(BAGS, partition, null, new byte[1]))
        .get(30, TimeUnit.SECONDS);
  }

  /** Writes what a memory has changed. */
  void keep(int partition, List<StateRecord> changes) throws Exception {
    for (StateRecord change : changes) {
      producer
          .send(new ProducerRecord<>(change.topic(), partition, change.key(), change.value()))
          .get(30, TimeUnit.SECONDS);
    }
  }

  /** All that is there of a partition. */
  List<InputRecord> read(int partition) throws Exception {
    List<InputRecord> records = new ArrayList<>();
    try (LogReader log = new LogReader(kafka())) {
      long from = log.earliest(EMBEDDINGS, partition);
      log.read(EMBEDDINGS, partition, from, Long.MAX_VALUE, records::add);
    }
    return records;
  }

  List<InputRecord> read(int partition, int from, int to) throws Exception {
    return read(partition).subList(from, to);
  }

  void trim(int partition, long before) throws Exception {
    admin
        .trim(EMBEDDINGS, partition, before)
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    producer.close();
    admin.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    broker.close();
  }
}
