package io.bagpipe.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import org.junit.jupiter.api.Test;

class CosineScheduleTest {

  @Test
  void agreesWithTheReferenceWhenAnEpochIsCountedInImages() {
    JsonNode meta = Golden.json(Golden.path("schedule", "meta.json"));
    long imagesAnEpoch = 1_281_167;
    CosineSchedule schedule =
        new CosineSchedule(
            meta.get("base").asDouble(), 0, meta.get("epochs").asLong() * imagesAnEpoch);
    assertThat(meta.get("lr")).isNotEmpty();
    meta.get("lr")
        .properties()
        .forEach(
            entry ->
                assertThat(schedule.at(Long.parseLong(entry.getKey()) * imagesAnEpoch))
                    .isCloseTo(entry.getValue().asDouble(), within(1e-9)));
  }

  @Test
  void fallsToItsFloorAndStaysThere() {
    CosineSchedule schedule = new CosineSchedule(0.1, 0.02, 1000);
    assertThat(schedule.at(0)).isEqualTo(0.1);
    assertThat(schedule.at(500)).isCloseTo(0.06, within(1e-12));
    for (int images = 1; images <= 1000; images++) {
      assertThat(schedule.at(images)).isLessThan(schedule.at(images - 1));
    }
    assertThat(schedule.at(1000)).isEqualTo(0.02);
    assertThat(schedule.at(Long.MAX_VALUE)).isEqualTo(0.02);
  }

  @Test
  void refusesWhatIsNoSchedule() {
    assertThatThrownBy(() -> new CosineSchedule(0.1, 0.2, 10)).hasMessageContaining("floor 0.2");
    assertThatThrownBy(() -> new CosineSchedule(Double.NaN, 0, 10)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new CosineSchedule(0.1, 0, 0)).hasMessageContaining("horizon of 0");
  }

  @Test
  void theWarmUpIsThePublishedPartOfTheHorizon() {
    assertThat(TrainerConfig.warmupOf(200)).isEqualTo(11);
  }
}
