package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.eval.Eras.Era;
import io.bagpipe.model.eval.ErasComponent;
import io.bagpipe.model.eval.HeldOut;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held out of each era is never trained, and stays what it was whoever is killed when. */
class ErasIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int BATCH = 32;
  private static final int IMAGES = 20 * BATCH;
  private static final double SHARE = 0.2;

  @TempDir private Path directory;
  private BagpipeProcess service;

  @AfterEach
  void kill() throws InterruptedException {
    if (service != null) {
      service.kill();
    }
  }

  private static List<Integer> held(int from, int to) {
    HeldOut heldOut = new HeldOut(SHARE, 1);
    return IntStream.range(from, to)
        .filter(i -> heldOut.has(("img-" + i).getBytes(StandardCharsets.UTF_8)))
        .boxed()
        .toList();
  }

  private static long trainable() {
    return (long) (IMAGES - held(0, IMAGES).size()) / BATCH * BATCH;
  }

  private BagpipeProcess service(String name) throws Exception {
    return new BagpipeProcess(
        directory.resolve(name),
        BagpipeProcess.shortRun(
            8, BATCH, "probe.share=" + SHARE, "probe.images=30", "probe.era-images=64"));
  }

  /** All images; the second half begins the era "second". */
  private void produce(int from, int to) {
    TestImages.produceEras(service.bootstrap(), from, to, IMAGES / 2, "second");
  }

  private List<Era> eras() {
    Checkpoint newest = service.checkpoint();
    return ErasComponent.read(newest.components().get(Components.ERAS));
  }

  /** Saves until it was cheap enough to ask about an era, and that is saved too. */
  private void awaitScore(int era, int during) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // as long as it does not listen
        .untilAsserted(
            () -> {
              service.post("/api/checkpoint");
              assertThat(eras().get(era).scores()).as("%s", service.said()).containsKey(during);
            });
  }

  @Test
  void aKilledRunHoldsOutTheSameAndEndsWithTheSameBits() throws Exception {
    service = service("whole");
    service.run();
    produce(0, IMAGES);
    service.awaitTrained(trainable(), PATIENCE);
    awaitScore(0, 1);
    assertThat(service.audit()).as("audit: %s", service.said()).isZero();
    assertThat(service.terminate()).as("exit code: %s", service.said()).isZero();
    List<Era> wanted = eras();
    List<List<Integer>> weights = service.weights();

    assertThat(wanted).extracting(Era::name).containsExactly("start", "second");
    assertThat(wanted.get(0).probes())
        .extracting(at -> (int) at.offset())
        .isEqualTo(held(0, IMAGES / 2).subList(0, 30));
    assertThat(wanted.get(1).probes())
        .extracting(at -> (int) at.offset())
        .isEqualTo(held(IMAGES / 2, IMAGES).subList(0, 30));
    assertThat(wanted.get(0).scores()).as("at its end, and later").containsKeys(0, 1);
    assertThat(wanted.get(0).scores().get(0).knnTop1()).isBetween(0.25, 1.0);
    Ledger ledger = Ledger.of(service.checkpoint().info().ledger());
    // what is held out behind the last full batch waits with the anchors before it
    assertThat(ledger.held())
        .isBetween(held(0, IMAGES).size() - 20L, (long) held(0, IMAGES).size());
    assertThat(ledger.count()).isEqualTo(trainable());

    service = service("killed");
    for (int from = 0; from < IMAGES; from += IMAGES / 4) {
      service.run();
      produce(from, from + IMAGES / 4);
      long part = (long) (0.7 * from);
      service.awaitTrained(part, PATIENCE);
      if (from + IMAGES / 4 < IMAGES) {
        service.kill();
      }
    }
    service.awaitTrained(trainable(), PATIENCE);
    JsonObject told = new JsonObject(service.get("/api/status")).getJsonObject("eras");
    assertThat(service.audit()).as("audit: %s", service.said()).isZero();
    assertThat(told.getJsonArray("eras")).hasSize(2);
    assertThat(told.getJsonArray("eras").getJsonObject(1).getInteger("images")).isEqualTo(30);
    assertThat(service.terminate()).as("exit code: %s", service.said()).isZero();

    assertThat(service.weights()).isEqualTo(weights);
    assertThat(eras()).extracting(Era::name).containsExactly("start", "second");
    for (int i = 0; i < 2; i++) {
      assertThat(eras().get(i).probes()).isEqualTo(wanted.get(i).probes());
      assertThat(eras().get(i).began()).isEqualTo(wanted.get(i).began());
    }
    assertThat(eras().get(0).scores().get(0)).isEqualTo(wanted.get(0).scores().get(0));
  }

  @Test
  void aPersonBeginsAnEraAndAKillDoesNotUndoIt() throws Exception {
    service = service("hand");
    service.run();
    produce(0, IMAGES / 2);
    service.awaitTrained(6 * BATCH, PATIENCE);
    JsonObject[] told = new JsonObject[1];
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // as long as it does not listen
        .untilAsserted(
            () -> {
              told[0] = new JsonObject(service.post("/api/era?name=winter"));
              assertThat(told[0].getJsonArray("eras")).as("%s", told[0]).hasSize(2);
            });
    service.kill();
    assertThat(eras()).extracting(Era::name).containsExactly("start", "winter");
    service.run();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // as long as it does not listen
        .untilAsserted(
            () ->
                assertThat(service.post("/api/era?name=winter"))
                    .contains("era winter does not begin"));
  }
}
