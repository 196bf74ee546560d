package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bagpipe push} as a process of its own, against a broker in this one: killed and resumed,
 * and given what the broker does not take. The moments of the kills: {@code -Dbagpipe.seed=N}.
 */
@Timeout(600)
class PushIT {
  private static final int IMAGES = 5_000;
  private static final int MOST_UNACKNOWLEDGED = 1_000;
  private static final int LIMIT = 100_000;
  private static final TopicPartition TOPIC = new TopicPartition("images", 0);

  @TempDir Path dir;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(BrokerSettings.in(dir.resolve("broker")));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      NewTopic topic = new NewTopic(TOPIC.topic(), 1, (short) 1);
      topic.configs(Map.of("max.message.bytes", Integer.toString(LIMIT)));
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void killedTwiceAndResumedNothingIsMissingAndLittleComesTwice() throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    Random random = new Random(seed);
    Path data = idx(IMAGES, random);

    Process first = push("--rate", "3000", data.toString());
    waitUntilSent(first, 1 + random.nextInt(IMAGES / 3));
    first.destroyForcibly().waitFor();
    long unacknowledged = sent() - acknowledged();

    long before = sent();
    Process second = push("--rate", "3000", "--resume", data.toString());
    waitUntilSent(second, before + MOST_UNACKNOWLEDGED + random.nextInt(IMAGES / 4));
    second.destroy();
    assertThat(second.waitFor()).as("seed %d: ended by SIGTERM", seed).isEqualTo(143);
    long afterTerm = sent();
    long left = IMAGES - acknowledged();

    Process third = push("--resume", data.toString());
    assertThat(third.waitFor()).as("seed %d: %s", seed, said()).isZero();

    List<String> keys = keys();
    System.out.printf(
        "push killed twice: %d records, %d distinct, %d unacknowledged at SIGKILL, seed %d%n",
        keys.size(), new HashSet<>(keys).size(), unacknowledged, seed);
    assertThat(new HashSet<>(keys)).as("seed %d: distinct", seed).hasSize(IMAGES);
    // What was on the wire may have arrived after it was counted.
    assertThat((long) keys.size() - IMAGES)
        .as("seed %d: only what was unacknowledged at the SIGKILL comes twice", seed)
        .isBetween(unacknowledged, (long) MOST_UNACKNOWLEDGED);
    assertThat(sent() - afterTerm).as("seed %d: nothing again after SIGTERM", seed).isEqualTo(left);
  }

  @Test
  void whatTheBrokerDoesNotTakeIsRefusedByNameAndTheOthersGoOn() throws Exception {
    Path pictures = Files.createDirectories(dir.resolve("pictures"));
    for (int i = 0; i < 20; i++) {
      Files.write(pictures.resolve(i + ".png"), new byte[i % 5 == 0 ? LIMIT : LIMIT / 2]);
    }

    assertThat(push(pictures.toString()).waitFor()).isEqualTo(1);
    assertThat(keys()).hasSize(16).doesNotHaveDuplicates();
    assertThat(said())
        .contains(
            "4 not sent; first: 0.png: larger than the 93750 bytes that max.message.bytes = 100000"
                + " of topic images leaves for a record")
        .contains("sent 16 images")
        .contains("too large 4");

    assertThat(push("--set", "kafka.max.request.size=20000", pictures.toString()).waitFor())
        .isEqualTo(1);
    assertThat(said())
        .contains("20 not sent; first: 0.png: larger than the 18750 bytes that max.request.size");
    assertThat(keys()).hasSize(16);

    assertThat(bagpipe("audit", "--set", "train.batch=16").waitFor()).isEqualTo(1);
    assertThat(said()).contains("NOT clean: 16 images: 0 trained once").contains("images-0@0-15");
  }

  private Process push(String... arguments) throws IOException {
    return bagpipe("push", arguments);
  }

  private Process bagpipe(String command, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(BagpipeProcess.QUICKLY);
    line.addAll(ClassArchive.option(BagpipeProcess.jar()));
    line.addAll(List.of("-Xmx256m", "-jar", BagpipeProcess.jar().toString()));
    line.addAll(List.of(command, "--bootstrap", broker.bootstrapServers()));
    line.addAll(List.of("--set", "data.dir=" + dir.resolve("data")));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("push.log").toFile()))
        .start();
  }

  private String said() throws IOException {
    return Files.readString(dir.resolve("push.log"));
  }

  private void waitUntilSent(Process push, long records) throws Exception {
    while (sent() < records) {
      assertThat(push.isAlive()).as(said()).isTrue();
    }
  }

  private long sent() {
    try (var consumer = consumer()) {
      return consumer.endOffsets(List.of(TOPIC)).get(TOPIC);
    }
  }

  /** What the push that was killed had noted down: eight bytes for each image. */
  private long acknowledged() throws IOException {
    Path journal;
    try (Stream<Path> files = Files.list(dir.resolve("data/push"))) {
      journal = files.findFirst().orElseThrow();
    }
    ByteBuffer marks = ByteBuffer.wrap(Files.readAllBytes(journal));
    long noted = 0;
    while (marks.hasRemaining()) {
      noted += marks.getLong() == 0 ? 0 : 1;
    }
    return noted;
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    try (var consumer = consumer()) {
      consumer.assign(List.of(TOPIC));
      consumer.seekToBeginning(List.of(TOPIC));
      long end = consumer.endOffsets(List.of(TOPIC)).get(TOPIC);
      while (consumer.position(TOPIC) < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(r -> keys.add(new String(r.key(), StandardCharsets.UTF_8)));
      }
    }
    return keys;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    String bytes = "org.apache.kafka.common.serialization.ByteArrayDeserializer";
    properties.put("key.deserializer", bytes);
    properties.put("value.deserializer", bytes);
    return new KafkaConsumer<>(properties);
  }

  private Path idx(int images, Random random) throws IOException {
    Path file = dir.resolve("train-images-idx3-ubyte");
    byte[] pixels = new byte[images * 64];
    random.nextBytes(pixels);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      for (int header : new int[] {0x0803, images, 8, 8}) {
        out.writeInt(header);
      }
      out.write(pixels);
    }
    return file;
  }
}
