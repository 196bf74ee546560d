package io.bagpipe.verticles.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.stage.StageSettings;
import io.bagpipe.verticles.config.ConfigSources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static Settings settings(String... sets) {
    return new Settings(new ConfigSources(Map.of(), null, Map.of(), List.of(sets)).load());
  }

  /** Bytes of an image's three views. */
  private static long views(int size) {
    return 9L * size * size;
  }

  @ParameterizedTest
  @CsvSource({"28, 64", "112, 64", "224, 24", "384, 8", "640, 3", "1024, 1"})
  void aCallOfAugmentationMakesOneRecordWhateverTheSizeOfViews(int size, int images) {
    BatchLimits batch = settings("views.size=" + size).imageBatches();

    assertThat(batch.maxRecords()).isEqualTo(images);
    assertThat(batch.maxBytes() + images * views(size)).isEqualTo(16L << 20);
  }

  @Test
  void aRecordOfThePresetForPhotographsHoldsABatchOfThem() {
    BatchLimits batch = settings("preset=imagenet").imageBatches();

    assertThat(batch.maxRecords()).isEqualTo(64);
    assertThat(batch.maxBytes() / batch.maxRecords()).as("bytes a file").isGreaterThan(110_000);
  }

  @Test
  void whatAnObjectiveDoesNotAskForTakesNoRoom() {
    BatchLimits batch = settings("views.size=224", "train.objective=seed").imageBatches();

    assertThat(batch.maxRecords()).isEqualTo(40);
  }

  @Test
  void aGateOfMoreBytesIsNoMemoryOfAStage() {
    Settings settings =
        settings("preset=imagenet", "gates.high-bytes=100GiB", "gates.low-bytes=10GiB");
    StageSettings stage =
        settings.stage("bags", "embeddings", "bags", Set.of(), "student", BatchLimits.single());

    QueueLimits queue = stage.intake().queue();
    assertThat(queue.highBytes()).isEqualTo(128L << 20);
    assertThat(queue.lowBytes()).isEqualTo(32L << 20);
    var gate = Objects.requireNonNull(stage.gate());
    assertThat(gate.highBytes()).isEqualTo(100L << 30);
    assertThat(gate.ahead()).isEqualTo(Duration.ofSeconds(2));
    assertThat(stage.transactions().maxBytes()).as("one record at least").isEqualTo(40L << 20);
  }
}
