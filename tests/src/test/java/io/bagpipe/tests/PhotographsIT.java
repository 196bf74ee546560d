package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.verticles.audit.AuditResult;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Photographs at the paper's size through the whole service and back from a stop, under the preset
 * for them; the networks are small. The teacher of {@code mean-teacher-224.onnx} is that of {@link
 * PoisonIT} for 224 pixels.
 */
class PhotographsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int BATCH = 16;
  private static final int KINDS = 4;
  private static final int VIEW = 3 * 224 * 224;

  /** A JPEG of 500x375: a patch on a ground of its kind's colour. */
  private static byte[] photograph(int number) throws IOException {
    Random random = new Random(number);
    BufferedImage image = new BufferedImage(500, 375, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(number % KINDS / (float) KINDS, 0.7f, 0.6f));
    graphics.fillRect(0, 0, 500, 375);
    graphics.setColor(new Color(random.nextInt(1 << 24)));
    graphics.fillOval(random.nextInt(400), random.nextInt(300), 120, 120);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
  }

  private static List<ProducerRecord<byte[], byte[]>> photographs(int from, int to)
      throws IOException {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      records.add(TestImages.record("p" + i, photograph(i)).withLabel(i % KINDS).build());
    }
    return records;
  }

  private static String[] settings(Path evaluation) throws Exception {
    return new String[] {
      "preset=imagenet",
      "teacher.path=" + Path.of(PhotographsIT.class.getResource("mean-teacher-224.onnx").toURI()),
      "student.head-hidden=32",
      "eval.dir=" + evaluation,
      "bags.bytes=64MiB",
      "eval.k=5",
      "views.mean=0.95", // of which photographs are visibly not
    };
  }

  private static JsonObject teacher(RunningService bagpipe) throws Exception {
    URI status = URI.create("http://127.0.0.1:" + bagpipe.service().httpPort() + "/api/status");
    String body =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(status).build(), BodyHandlers.ofString())
            .body();
    return new JsonObject(body)
        .getJsonArray("stages").stream()
            .map(JsonObject.class::cast)
            .filter(stage -> stage.getString("stage").equals("teacher"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void areTrainedAndEvaluatedAtThePapersSizeAndGoOnAfterAStop(
      @TempDir Path data, @TempDir Path evaluation) throws Exception {
    for (int i = 0; i < 80; i++) {
      Path kind = Files.createDirectories(evaluation.resolve("kind" + i % KINDS));
      Files.write(kind.resolve(i + ".jpg"), photograph(1000 + i));
    }
    String[] settings = settings(evaluation);
    try (RunningService bagpipe = RunningService.start(data, settings)) {
      bagpipe.produce(photographs(0, 2 * BATCH));
      await().atMost(PATIENCE).until(() -> bagpipe.progress().getLong("anchors") == 2 * BATCH);

      BagBatch bags = BagBatch.parseFrom(first(bagpipe));
      assertThat(bags.getPacking()).isEqualTo(PackedViews.GRADIENT);
      for (BaggedAnchor anchor : Codecs.unpacked(bags).getItemsList()) {
        assertThat(anchor.getQueryView().size()).isEqualTo(VIEW);
        assertThat(anchor.getMemberView().size()).isEqualTo(VIEW);
      }
      assertThat(bagpipe.ask("bagpipe.student.evaluate").getDouble("knnTop1")).isBetween(0.0, 1.0);
      await()
          .atMost(PATIENCE)
          .until(() -> teacher(bagpipe).getString("reason").contains("views.mean is [0.950"));
    }
    try (RunningService again = RunningService.start(data, settings);
        Tape bags = again.tape("bags")) {
      again.produce(photographs(2 * BATCH, 3 * BATCH));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                bags.all(); // before it is trimmed
                return again.progress().getLong("anchors") == 3 * BATCH;
              });
      assertThat(teacher(again).getString("reason")).as("too few to be judged").isEmpty();
      List<ConsumerRecord<byte[], byte[]>> told = bags.all();
      BagBatch last = BagBatch.parseFrom(told.get(told.size() - 1).value());
      assertThat(last.getItems(0).getBagList())
          .as("out of the window of before the stop")
          .anyMatch(n -> Integer.parseInt(n.getId().toStringUtf8().substring(1)) < 2 * BATCH);
      AuditResult audit = again.audit(1, BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
      assertThat(audit.trained()).isEqualTo(3 * BATCH);
    }
  }

  private static byte[] first(RunningService bagpipe) {
    return bagpipe.read("bags").get(0).value();
  }
}
