package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.random.ImageCoordinates;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErasTest {
  private static final int PROBES = 30;

  private final Eras eras = new Eras(PROBES, 100);

  private static ImageCoordinates image(int offset) {
    return new ImageCoordinates(2, offset);
  }

  private void take(int from, int to) {
    for (int i = from; i < to; i++) {
      eras.take(image(i));
    }
  }

  @Test
  void aSetIsFrozenWhenItIsFullOrItsEraEndsAndNeverChangesAgain() {
    take(0, PROBES + 5);
    assertThat(eras.current().frozen()).isTrue();
    assertThat(eras.current().probes()).hasSize(PROBES).doesNotContain(image(PROBES));

    eras.begin("summer", 200, 7);
    take(100, 125);
    assertThat(eras.current().frozen()).isFalse();
    assertThat(eras.take(image(110))).as("met again after a rewind").isFalse();
    eras.begin("autumn", 400, 8);
    assertThat(eras.all().get(1).frozen()).as("large enough").isTrue();
    assertThat(eras.all().get(1).probes()).hasSize(25);

    take(200, 200 + ProbeExam.LEAST - 1);
    eras.begin("winter", 600, 9);
    assertThat(eras.all().get(2).frozen()).as("too small to be asked about").isFalse();
    assertThatThrownBy(() -> eras.scored(2, new ProbeScore(1, 1, 1)))
        .hasMessageContaining("no probe set");
  }

  @Test
  void noEraIsTooShortNorHasTheNameOfAnother() {
    assertThat(eras.mayBegin("summer", 99)).isFalse();
    assertThat(eras.mayBegin("summer", 100)).isTrue();
    assertThat(eras.mayBegin(Eras.FIRST, 100)).isFalse();
    eras.begin("summer", 100, 0);
    assertThat(eras.mayBegin("summer", 1_000)).isFalse();
    assertThat(eras.dated(77)).isEqualTo(77);
    assertThat(eras.dated(99)).as("once").isEqualTo(77);
  }

  @Test
  void theNewestAreRememberedUnderTheirNumbers() {
    for (int i = 1; i <= Eras.MOST + 3; i++) {
      eras.begin("era-" + i, 100L * i, i);
    }
    assertThat(eras.all()).hasSize(Eras.MOST);
    assertThat(eras.all().get(0).number()).isEqualTo(4);
    assertThat(eras.current().number()).isEqualTo(Eras.MOST + 3);
  }

  @Test
  void goesOnFromACheckpointAsIfNothingHadBeen() {
    take(0, PROBES);
    eras.scored(0, new ProbeScore(0.9, 0.8, 0.7));
    eras.begin("a. strange\nname", 200, 7);
    eras.scored(0, new ProbeScore(0.85, Double.NaN, 0.6));
    take(50, 60);

    Eras again = new Eras(PROBES, 100);
    again.restore(ErasComponent.read(ErasComponent.of(eras.all())));

    assertThat(again.all()).isEqualTo(eras.all());
    assertThat(again.all().get(0).scores().get(0)).isEqualTo(new ProbeScore(0.9, 0.8, 0.7));
    assertThat(again.take(image(55))).isFalse();
    assertThat(again.take(image(60))).isTrue();
  }

  @Test
  void whatIsNoEraIsSaid() {
    for (String counter : List.of("0", "0.colour", "x.began", "0.probe.7", "0.knn.x")) {
      Component strange = Component.of(Components.ERAS, "", new StateDict(), Map.of(counter, 1L));
      assertThatThrownBy(() -> ErasComponent.read(strange))
          .as(counter)
          .isInstanceOf(CheckpointException.class);
    }
  }
}
