package io.bagpipe.verticles.bags;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.drift.DetectorConfig;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.ops.events.DriftEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Lineage.Part;
import io.bagpipe.verticles.stage.Makers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch over a partition, over a real topic. */
class DriftWatchTest {
  private static final Windows.Waiting NONE = new Windows.Waiting(0, 1000);
  private static final DetectorConfig CONFIG = new DetectorConfig(256, 64, 1e7);
  private static final String TOPIC = "drift";
  private static final int CHANGE = 400;

  @TempDir Path directory;
  private final List<OpsEvent> told = new ArrayList<>();
  private EmbeddingsBroker broker;
  private Windows windows;

  @BeforeEach
  void start() throws Exception {
    broker = new EmbeddingsBroker(directory, 1);
    windows = Windows.ofPartitions(broker.setup(1000, NONE));
    windows.open(0, 0);
  }

  @AfterEach
  void stop() throws Exception {
    windows.close();
    broker.close();
  }

  private DriftWatch watch(Makers makers) throws Exception {
    DriftWatch made =
        new DriftWatch(broker.setup(1000, NONE, makers), TOPIC, CONFIG, windows, told::add);
    made.open(0);
    return made;
  }

  private EmbeddedAnchor image(int offset) {
    Random random = new Random(offset);
    float[] features = new float[EmbeddingsBroker.FEATURES];
    double squares = 0;
    for (int j = 0; j < features.length; j++) {
      features[j] = (float) (random.nextGaussian() + (j == (offset < CHANGE ? 0 : 1) ? 3 : 0));
      squares += features[j] * features[j];
    }
    for (int j = 0; j < features.length; j++) {
      features[j] /= (float) Math.sqrt(squares);
    }
    return broker.image(0, offset, "p" + offset, features);
  }

  /** As the stage does: into the window, watched, and what changed committed. */
  private String take(DriftWatch watch, int offset) throws Exception {
    EmbeddedAnchor anchor = image(offset);
    WindowEntry entry = Pushes.entry(anchor, Kept.KEY, 77);
    windows.look(look -> look.owned().get(0).add(List.of(entry)));
    String name = watch.take(0, anchor, "", 77);
    if (offset % 10 == 9) { // the end of a record
      broker.keep(0, watch.changes(0));
    }
    return name;
  }

  private List<DriftEvent> events() {
    return told.stream().filter(DriftEvent.class::isInstance).map(DriftEvent.class::cast).toList();
  }

  @Test
  void whoHasThePartitionNextFindsTheSameChangeOnce() throws Exception {
    DriftWatch watch = watch(Makers.any());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      if (i % 130 == 120) {
        watch = watch(Makers.any()); // a kill between two records
      }
      String name = take(watch, i);
      if (!name.isEmpty()) {
        names.add(name);
      }
    }

    assertThat(names).hasSize(1);
    int at = Integer.parseInt(names.get(0).substring(2));
    assertThat(at).isBetween(CHANGE, CHANGE + 100);
    assertThat(events()).hasSize(1);
    DriftEvent found = events().get(0);
    assertThat(found.name()).isEqualTo("0-" + at);
    assertThat(found.images()).isEqualTo(at + 1);
    assertThat(found.measures().statistic()).isGreaterThan(found.measures().threshold());
    assertThat(found.measures().frechet()).isGreaterThan(2 * found.measures().frechetBefore());
    assertThat(found.after()).hasSize(12).endsWith("p" + at);
    assertThat(found.before()).hasSize(12).allMatch(id -> id.compareTo("p" + at) < 0);

    // who comes next tells of it again, as it was
    told.clear();
    List<OpsEvent> report = watch(Makers.any()).report();
    assertThat(report).filteredOn(DriftEvent.class::isInstance).containsExactly(found);
  }

  @Test
  void recordsThatAreDoneAgainGiveTheSame() throws Exception {
    DriftWatch first = watch(Makers.any());
    for (int i = 0; i < CHANGE; i++) {
      take(first, i);
    }
    List<String> lost = new ArrayList<>();
    for (int i = CHANGE; i < CHANGE + 100; i++) {
      lost.add(first.take(0, image(i), "", 77)); // and never committed
    }
    DriftWatch second = watch(Makers.any());
    List<String> again = new ArrayList<>();
    for (int i = CHANGE; i < CHANGE + 100; i++) {
      again.add(second.take(0, image(i), "", 77));
    }
    assertThat(again).isEqualTo(lost).anyMatch(name -> !name.isEmpty());
  }

  @Test
  void anotherTeacherBeginsAnew() throws Exception {
    Lineage own = new Lineage(Map.of(Part.TEACHER_FILE, "aa"));
    Lineage foreign = new Lineage(Map.of(Part.TEACHER_FILE, "bb"));
    DriftWatch theirs = watch(Makers.any());
    for (int i = 0; i < CHANGE; i++) {
      theirs.take(0, image(i), foreign.text(), 77);
    }
    broker.keep(0, theirs.changes(0));
    DriftWatch ours = watch(new Makers(own, OnOther.ACCEPT));
    for (int i = CHANGE; i < CHANGE + 250; i++) {
      assertThat(ours.take(0, image(i), own.text(), 77)).isEmpty(); // it gathers
    }
  }
}
