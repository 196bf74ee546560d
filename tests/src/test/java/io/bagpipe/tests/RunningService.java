package io.bagpipe.tests;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.audit.Auditor;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.TeacherConfig;
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.service.RunPlace;
import io.bagpipe.verticles.service.Service;
import io.bagpipe.verticles.student.StudentRequests;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A whole service in this process, small enough for a test, and a foreign producer beside it. */
final class RunningService implements AutoCloseable {
  static final int BATCH = 16;

  private final Path data;
  private final Service service;

  private RunningService(Path data, Service service) {
    this.data = data;
    this.service = service;
  }

  static RunningService start(Path data, String... sets) {
    var config = new ConfigSources(Map.of(), null, Map.of(), sets(data, List.of(sets))).load();
    return new RunningService(data, Service.start(config, RunPlace.ofService(data)));
  }

  /** What such a service is configured by. */
  static List<String> sets(Path data, List<String> more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "data.dir=" + data,
                "teacher.path=" + TeacherConfig.BUILTIN,
                "http.port=0",
                "student.width=4",
                "student.head-hidden=32",
                "train.batch=" + BATCH,
                "train.queue=128",
                "train.horizon-images=1000",
                "train.warmup-images=64",
                "bags.window=64",
                "bags.min-window=8",
                "checkpoint.every=1h",
                "stages.linger=20ms"));
    all.addAll(more);
    return all;
  }

  Service service() {
    return service;
  }

  /** As any Kafka client in any language would. */
  void produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", service.kafka().bootstrapServers());
    properties.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    properties.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    try (var producer = new KafkaProducer<byte[], byte[]>(properties)) {
      for (var record : records) {
        producer.send(record);
      }
      producer.flush();
    }
  }

  /** How far the student is, {@link StudentRequests#PROGRESS}. */
  JsonObject progress() throws Exception {
    return ask(StudentRequests.PROGRESS);
  }

  /** The reply to a request without parameters. */
  JsonObject ask(String address) throws Exception {
    return service
        .vertx()
        .eventBus()
        .<JsonObject>request(address, new JsonObject())
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS)
        .body();
  }

  long seen() throws Exception {
    JsonObject progress = progress();
    return progress.getLong("anchors") + progress.getLong("pending");
  }

  /** Everything committed in a topic's first partition, as far as it has not been trimmed. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (Tape tape = tape(topic)) {
      return tape.all();
    }
  }

  /** A reader of a topic's first partition, from its beginning. */
  Tape tape(String topic) {
    return new Tape(service.kafka().bootstrapServers(), topic);
  }

  /** The newest checkpoint on disk. */
  Checkpoint checkpoint() {
    return new CheckpointStore(RunPlace.ofService(data).checkpoints(), 3)
        .latestIntact()
        .checkpoint();
  }

  /** Saves the student, and compares what it and the topics say of every image. */
  AuditResult audit(int partitions, int batch) throws Exception {
    ask(Addresses.STUDENT_CHECKPOINT);
    return new Auditor(service.kafka(), "images", "images.dlq")
        .audit(partitions, RunPlace.ofService(data).checkpoints(), batch);
  }

  @Override
  public void close() {
    service.stop();
  }
}
