package io.bagpipe.verticles.teacher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Lineage.Part;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Needs;
import io.bagpipe.verticles.stage.OtherMakerException;
import io.bagpipe.verticles.stage.ViewPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class TeacherFunctionTest {
  private static final int PARTITION = 3;
  private static final long TIME = 1_700_000_000_000L;

  private static final Lineage OWN =
      new Lineage(Map.of(Part.TEACHER_FILE, "f1", Part.TEACHER_OUTPUTS, "02"));

  /** Everything comes with its views here; see {@link TeacherViewsTest}. */
  private static final TeacherViews VIEWS =
      new TeacherViews(
          new ViewPool(1, () -> Pictures.views(1 << 20)), true, (side, view) -> {}, false);

  private final LongAdder images = new LongAdder();
  private final List<DeadLetter> told = new ArrayList<>();
  private final TeacherFunction function = function("bingo");

  private TeacherFunction function(String objective) {
    return function(objective, 1 << 20);
  }

  private TeacherFunction function(String objective, int maxRecordBytes) {
    return new TeacherFunction(
        new GreyTeacher(),
        VIEWS,
        new Needs(Objectives.of(objective).needs()),
        new TeacherFunction.Trace(Makers.any(), OWN),
        "pictures",
        maxRecordBytes,
        images,
        told::add);
  }

  /** An image all of one grey: {@link GreyTeacher} refuses black and white. */
  private static AnchorViews image(int offset, int grey) {
    byte[] view = new byte[GreyTeacher.PIXELS];
    Arrays.fill(view, (byte) grey);
    ByteString pixels = ByteString.copyFrom(view);
    return AnchorViews.newBuilder()
        .setAnchor(anchor(offset).setEncoded(ByteString.copyFromUtf8("file " + offset)))
        .setQueryView(pixels)
        .setKeyView(pixels)
        .setIndexView(pixels)
        .build();
  }

  private static AnchorViews tombstone(int offset) {
    return AnchorViews.newBuilder().setAnchor(anchor(offset).setRemoved(true)).build();
  }

  private static Anchor.Builder anchor(int offset) {
    return Anchor.newBuilder()
        .setId(ByteString.copyFromUtf8("id-" + offset))
        .setSourcePartition(PARTITION)
        .setSourceOffset(offset);
  }

  private static InputRecord record(AnchorViews... items) {
    byte[] batch =
        ViewBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(GreyTeacher.SIZE)
            .addAllItems(List.of(items))
            .build()
            .toByteArray();
    return new InputRecord("views", PARTITION, 77, null, batch, Map.of(), TIME);
  }

  private static List<EmbeddedAnchor> items(StageOutput output) throws Exception {
    List<EmbeddedAnchor> items = new ArrayList<>();
    for (OutputRecord record : output.records()) {
      InputRecord read =
          new InputRecord("embeddings", PARTITION, 0, null, record.value(), Map.of(), TIME);
      items.addAll(Codecs.parseEmbeddings(read).getItemsList());
    }
    return items;
  }

  private static List<Long> offsets(List<EmbeddedAnchor> items) {
    return items.stream().map(item -> item.getAnchor().getSourceOffset()).toList();
  }

  @Test
  void anImageThatWithItsVectorsIsTooLargeIsADeadLetterOfImages() throws Exception {
    AnchorViews large = image(12, 100);
    ByteString file = ByteString.copyFrom(new byte[5_000]);
    large = large.toBuilder().setAnchor(large.getAnchor().toBuilder().setEncoded(file)).build();

    StageOutput output =
        function("bingo", 5_000).apply(List.of(record(image(11, 50), large, image(13, 60))));

    assertThat(offsets(items(output))).containsExactly(11L, 13L);
    assertThat(output.deadLetters()).hasSize(1);
    assertThat(output.deadLetters().get(0).errorClass()).isEqualTo("TOO_MANY_BYTES");
    assertThat(output.deadLetters().get(0).record().coordinates()).isEqualTo("pictures-3@12");
    assertThat(told).isEqualTo(output.deadLetters());
  }

  @Test
  void whatTheTeacherRefusesIsADeadLetterOfImagesAndItsNeighboursGoOn() throws Exception {
    AnchorViews black = image(12, 0);
    AnchorViews labelled =
        black.toBuilder().setAnchor(black.getAnchor().toBuilder().setLabel("7")).build();
    InputRecord views =
        record(
            image(10, 100), tombstone(11), labelled, image(13, 130), image(14, 255), image(15, 50));

    StageOutput output = function.apply(List.of(views));

    List<EmbeddedAnchor> items = items(output);
    assertThat(offsets(items)).containsExactly(10L, 11L, 13L, 15L);
    assertThat(items.get(1).getAnchor().getRemoved()).isTrue();
    assertThat(Vectors.floats(items.get(0).getFeatures())).containsExactly(100, 1);
    assertThat(Vectors.floats(items.get(2).getFeatures())).containsExactly(130, 1);
    assertThat(Vectors.floats(items.get(3).getKey())).containsExactly(50);
    assertThat(items.get(3).getQueryView()).isEqualTo(image(15, 50).getQueryView());
    assertThat(output.deadLetters()).hasSize(2);
    isThere(output.deadLetters().get(0), 12, GreyTeacher.ZERO);
    isThere(output.deadLetters().get(1), 14, GreyTeacher.NOT_A_NUMBER);
    assertThat(output.deadLetters().get(0).headers().get("label")).isEqualTo("7".getBytes(UTF_8));
    assertThat(output.deadLetters().get(1).headers()).doesNotContainKey("label");
    assertThat(told).isEqualTo(output.deadLetters());
    assertThat(images.sum()).as("asked about").isEqualTo(5);
  }

  /** As the audit and the replay read it. */
  private static void isThere(DeadLetter dead, int offset, String message) {
    assertThat(dead.record().key()).isEqualTo(("id-" + offset).getBytes(UTF_8));
    assertThat(dead.record().value()).isEqualTo(("file " + offset).getBytes(UTF_8));
    assertThat(dead.record().timestampMillis()).isEqualTo(TIME);
    Map<String, byte[]> headers = dead.headers();
    assertThat(headers.get(DeadLetter.TOPIC)).asString().isEqualTo("pictures");
    assertThat(headers.get(DeadLetter.PARTITION)).asString().isEqualTo("3");
    assertThat(headers.get(DeadLetter.OFFSET)).asString().isEqualTo(Integer.toString(offset));
    assertThat(headers.get(DeadLetter.STAGE)).asString().isEqualTo("teacher");
    assertThat(headers.get(DeadLetter.ERROR_CLASS)).asString().isEqualTo("TEACHER_REFUSED");
    assertThat(headers.get(DeadLetter.MESSAGE)).asString().isEqualTo(message);
  }

  @Test
  void anObjectiveWithoutKeysGetsEmbeddingsOfTheQueryViews() throws Exception {
    AnchorViews whole = image(1, 10);
    byte[] query = new byte[GreyTeacher.PIXELS];
    Arrays.fill(query, (byte) 77);
    AnchorViews asked =
        whole.toBuilder().clearKeyView().setQueryView(ByteString.copyFrom(query)).build();

    EmbeddedAnchor item = items(function("seed").apply(List.of(record(asked)))).get(0);

    assertThat(Vectors.floats(item.getQueryEmbedding())).containsExactly(77);
    assertThat(item.getKey().isEmpty()).isTrue();
    assertThat(Vectors.floats(item.getFeatures())).containsExactly(10, 1);
    EmbeddedAnchor bingo = items(function.apply(List.of(record(whole)))).get(0);
    assertThat(bingo.getQueryEmbedding().isEmpty()).isTrue();
  }

  @Test
  void anObjectiveThatEmbedsKeyViewsItselfGetsThemAsTheyCame() throws Exception {
    AnchorViews whole = image(1, 10);
    byte[] key = new byte[GreyTeacher.PIXELS];
    Arrays.fill(key, (byte) 99);
    AnchorViews asked = whole.toBuilder().setKeyView(ByteString.copyFrom(key)).build();

    EmbeddedAnchor item = items(function("moco-v2").apply(List.of(record(asked)))).get(0);

    assertThat(item.getKeyView().toByteArray()).isEqualTo(key);
    assertThat(item.getKey().isEmpty()).isTrue();
    assertThat(item.getQueryEmbedding().isEmpty()).isTrue();
    EmbeddedAnchor bingo = items(function.apply(List.of(record(asked)))).get(0);
    assertThat(bingo.getKeyView().isEmpty()).isTrue();
    EmbeddedAnchor coss = items(function("coss").apply(List.of(record(asked)))).get(0);
    assertThat(Vectors.floats(coss.getQueryEmbedding())).containsExactly(10);
  }

  @Test
  void theOthersAreTheSameHoweverTheyWereBatched() throws Exception {
    StageOutput together =
        function.apply(List.of(record(image(1, 10), image(2, 0), image(3, 30), image(4, 255))));
    StageOutput apart =
        function.apply(
            List.of(
                record(image(1, 10), image(2, 0)), record(image(3, 30)), record(image(4, 255))));

    assertThat(items(apart)).isEqualTo(items(together)).hasSize(2);
    assertThat(apart.deadLetters())
        .extracting(dead -> dead.record().offset())
        .containsExactly(2L, 4L);
    assertThat(apart.records()).as("none of a batch without an anchor").hasSize(2);
  }

  @Test
  void aTeacherThatRefusesEverythingHandsNothingOn() throws Exception {
    StageOutput output = function.apply(List.of(record(image(1, 0), image(2, 255), image(3, 0))));

    assertThat(output.records()).isEmpty();
    assertThat(output.deadLetters()).hasSize(3);
  }

  @Test
  void viewsOfAnotherSizeArePoisonAndBuryTheirWholeRecordOnce() throws Exception {
    ByteString small = ByteString.copyFrom(new byte[12]);
    AnchorViews other =
        image(2, 9).toBuilder().setQueryView(small).setKeyView(small).setIndexView(small).build();
    ViewBatch batch =
        ViewBatch.newBuilder().setVersion(Codecs.VERSION).setSize(2).addItems(other).build();
    InputRecord views =
        new InputRecord("views", PARTITION, 78, null, batch.toByteArray(), Map.of(), TIME);

    StageOutput output = function.apply(List.of(record(image(1, 0)), views));

    assertThat(output.deadLetters()).hasSize(2);
    assertThat(output.deadLetters().get(1).record()).isSameAs(views);
    assertThat(output.deadLetters().get(1).errorClass()).isEqualTo("PoisonRecordException");
    assertThat(told).as("images").containsExactly(output.deadLetters().get(0));
  }

  private static InputRecord madeBy(String maker, int offset, int grey) throws Exception {
    InputRecord record = record(image(offset, grey));
    byte[] value = Codecs.parseViews(record).toBuilder().setMadeBy(maker).build().toByteArray();
    return new InputRecord("views", PARTITION, 77, null, value, Map.of(), TIME);
  }

  private TeacherFunction of(OnOther onOther) {
    return new TeacherFunction(
        new GreyTeacher(),
        VIEWS,
        new Needs(Objectives.of("bingo").needs()),
        new TeacherFunction.Trace(new Makers(new Lineage(Map.of(Part.VIEWS, "a5")), onOther), OWN),
        "pictures",
        1 << 20,
        images,
        told::add);
  }

  private static String maker(StageOutput output) throws Exception {
    return EmbeddingBatch.parseFrom(output.records().get(0).value()).getMadeBy();
  }

  @Test
  void whatItMakesSaysWhatMadeItsInputAndItself() throws Exception {
    assertThat(maker(of(OnOther.REFUSE).apply(List.of(madeBy("views:a5", 1, 10)))))
        .isEqualTo("views:a5 teacher-file:f1 teacher-outputs:02");
    assertThat(maker(of(OnOther.REFUSE).apply(List.of(madeBy("", 1, 10)))))
        .as("of a version that did not say")
        .isEqualTo("teacher-file:f1 teacher-outputs:02");
    assertThat(maker(of(OnOther.ACCEPT).apply(List.of(madeBy("views:b6", 1, 10)))))
        .as("accepted, and still what it was")
        .isEqualTo("views:b6 teacher-file:f1 teacher-outputs:02");
  }

  @Test
  void viewsOfAnotherConfigurationAreRefusedAndNotBuried() {
    assertThatThrownBy(() -> of(OnOther.REFUSE).apply(List.of(madeBy("views:b6", 1, 10))))
        .isInstanceOf(OtherMakerException.class);
    assertThat(told).isEmpty();
    assertThat(images.sum()).as("asked about").isZero();
  }
}
