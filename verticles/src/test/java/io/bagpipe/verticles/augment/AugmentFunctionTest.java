package io.bagpipe.verticles.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.config.LimitsConfig.Names;
import io.bagpipe.verticles.stage.ViewPool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AugmentFunctionTest {
  private final List<DeadLetter> told = new ArrayList<>();
  private final List<String> looked = new ArrayList<>();
  private final ViewPool pool = new ViewPool(1, () -> Pictures.views(1 << 20));
  private final AugmentFunction function =
      new AugmentFunction(
          pool,
          Pictures.SIZE,
          new AugmentFunction.Views(true, true),
          "",
          1 << 20,
          new Names(16, 9),
          told::add,
          (side, view) -> looked.add(side + " " + view.size()));

  @AfterEach
  void close() {
    pool.close();
  }

  private static InputRecord image(int offset, int id, byte[] label, byte[] file) {
    return new InputRecord(
        "images",
        0,
        offset,
        "k".repeat(id).getBytes(StandardCharsets.UTF_8),
        file,
        label == null ? Map.of() : Map.of("label", label),
        0);
  }

  @Test
  void longNamesAreDeadLettersWithTheLimitAndOthersGoOn() throws Exception {
    byte[] file = Pictures.png(8, 8, 3);
    byte[] noText = {-1, -1, -1, -1}; // each becomes three bytes of UTF-8

    StageOutput output =
        function.apply(
            List.of(
                image(0, 16, new byte[9], file),
                image(1, 17, null, file),
                image(2, 1, new byte[10], file),
                image(3, 1, noText, file),
                image(4, 17, null, null)));

    assertThat(output.records()).hasSize(1);
    assertThat(output.deadLetters())
        .extracting(dead -> dead.record().offset() + " " + dead.errorClass() + " " + dead.message())
        .containsExactly(
            "1 NAME_TOO_LONG the id has 17 bytes, more than limits.id-bytes (16)",
            "2 NAME_TOO_LONG the label has 10 bytes, more than limits.label-bytes (9)",
            "3 NAME_TOO_LONG the label has 12 bytes, more than limits.label-bytes (9)",
            "4 NAME_TOO_LONG the id has 17 bytes, more than limits.id-bytes (16)");
    assertThat(told).isEqualTo(output.deadLetters());
  }

  @Test
  void everyPictureThatHasViewsIsLookedAt() throws Exception {
    function.apply(
        List.of(
            image(0, 1, null, Pictures.png(40, 9, 3)),
            image(1, 1, null, new byte[] {1, 2, 3}), // none
            image(2, 1, null, null), // a removal
            image(3, 1, null, Pictures.png(12, 30, 3))));

    int view = 3 * Pictures.SIZE * Pictures.SIZE;
    assertThat(looked).containsExactly("9 " + view, "12 " + view);
  }

  @Test
  void whereTheTeacherDrawsFilesGoOnAloneAndWhatIsNoImageDoesNot() throws Exception {
    AugmentFunction heads =
        new AugmentFunction(
            pool,
            Pictures.SIZE,
            new AugmentFunction.Views(false, true),
            "",
            1 << 20,
            new Names(16, 9),
            told::add,
            (side, view) -> looked.add(side + " " + view.size()));
    byte[] file = Pictures.png(40, 9, 3);

    StageOutput output =
        heads.apply(
            List.of(
                image(0, 1, null, file),
                image(1, 1, null, new byte[] {1, 2, 3}),
                image(2, 1, null, null)));

    var items = ViewBatch.parseFrom(output.records().get(0).value()).getItemsList();
    assertThat(items).hasSize(2).noneMatch(Codecs::hasViews);
    assertThat(items.get(0).getAnchor().getEncoded().toByteArray()).isEqualTo(file);
    assertThat(items.get(1).getAnchor().getRemoved()).isTrue();
    assertThat(told).extracting(DeadLetter::errorClass).containsExactly("UNKNOWN_FORMAT");
    assertThat(looked).as("by the stage that draws").isEmpty();
  }
}
