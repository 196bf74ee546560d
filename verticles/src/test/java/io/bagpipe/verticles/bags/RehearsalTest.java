package io.bagpipe.verticles.bags;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.memory.MemoryConfig;
import io.bagpipe.model.memory.Remembered;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Lineage.Part;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.RehearsalSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memories of a process over a real topic. */
class RehearsalTest {
  private static final Windows.Waiting NONE = new Windows.Waiting(0, 1000);
  private static final String MADE_BY = "";

  @TempDir Path directory;
  private EmbeddingsBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new EmbeddingsBroker(directory, 2);
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private Rehearsal rehearsal(int images, Makers makers) {
    return new Rehearsal(
        broker.setup(100, NONE, makers),
        new RehearsalSettings(
            EmbeddingsBroker.MEMORY,
            0.5,
            new MemoryConfig(images, 1 << 20, MemoryConfig.Policy.RESERVOIR)),
        Kept.KEY);
  }

  private static ImageCoordinates at(EmbeddedAnchor anchor) {
    return new ImageCoordinates(
        anchor.getAnchor().getSourcePartition(), anchor.getAnchor().getSourceOffset());
  }

  private static List<String> texts(List<Remembered> drawn) {
    return drawn.stream()
        .map(
            one ->
                new String(one.entry().encoded(), StandardCharsets.UTF_8)
                    + one.origin()
                    + one.bag().neighbours().stream()
                        .map(near -> new String(near.id(), StandardCharsets.UTF_8))
                        .toList())
        .toList();
  }

  /** As the stage does; what changed is committed by the end of each anchor's record. */
  private List<String> live(Rehearsal rehearsal, EmbeddedAnchor anchor) throws Exception {
    List<String> drawn = texts(rehearsal.beside(0, at(anchor)));
    rehearsal.offer(0, anchor, MADE_BY, 77);
    broker.keep(0, rehearsal.changes(0));
    return drawn;
  }

  @Test
  void whoHasThePartitionNextDrawsTheSame() throws Exception {
    List<String> other = new ArrayList<>();
    List<String> whole = new ArrayList<>();
    Rehearsal first = rehearsal(10, Makers.any());
    first.open(0);
    Rehearsal second = null;
    for (int i = 0; i < 60; i++) {
      EmbeddedAnchor anchor = broker.image(0, i, "p" + i);
      whole.addAll(live(first, anchor));
      if (second != null) { // beside the first, which goes on writing
        other.addAll(texts(second.beside(0, at(anchor))));
        second.offer(0, anchor, MADE_BY, 77);
      }
      if (i == 30) {
        second = rehearsal(10, Makers.any());
        second.open(0);
      }
      if (i == 33 && second != null) {
        first.forget(0, "p33".getBytes(StandardCharsets.UTF_8));
        second.forget(0, "p33".getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(whole).hasSize(30); // for every second one
    assertThat(other)
        .isNotEmpty()
        .isEqualTo(whole.subList(whole.size() - other.size(), whole.size()));
    first.close();
    second.close();
  }

  @Test
  void aMemoryThatWasLargerLetsGoOfWhatIsTooMuch() throws Exception {
    try (Rehearsal large = rehearsal(20, Makers.any())) {
      large.open(0);
      for (int i = 0; i < 20; i++) {
        live(large, broker.image(0, i, "p" + i));
      }
    }
    try (Rehearsal small = rehearsal(5, Makers.any())) {
      small.open(0);
      assertThat(small.changes(0)).hasSize(15).allMatch(change -> change.value() == null);
      assertThat(small.changes(0)).isEmpty();
    }
  }

  @Test
  void anotherTeachersWordIsNotRemembered() throws Exception {
    Lineage own = new Lineage(Map.of(Part.TEACHER_FILE, "aa"));
    Lineage foreign = new Lineage(Map.of(Part.TEACHER_FILE, "bb"));
    try (Rehearsal theirs = rehearsal(20, Makers.any())) {
      theirs.open(0);
      for (int i = 0; i < 6; i++) {
        theirs.offer(0, broker.image(0, i, "p" + i), (i < 4 ? foreign : own).text(), 1);
      }
      broker.keep(0, theirs.changes(0));
    }
    try (Rehearsal ours = rehearsal(20, new Makers(own, OnOther.ACCEPT))) {
      ours.open(0);
      List<Remembered> drawn = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        drawn.addAll(ours.beside(0, new ImageCoordinates(0, 2 * i + 1)));
      }
      assertThat(drawn).hasSize(40);
      assertThat(drawn).extracting(one -> one.origin().offset()).containsOnly(4L, 5L);
    }
  }
}
