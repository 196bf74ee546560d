package io.bagpipe.streams.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.InputRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private static final int SIZE = 4;

  private static ByteString pixels(int seed) {
    byte[] bytes = new byte[SIZE * SIZE * 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (seed * 31 + i);
    }
    return ByteString.copyFrom(bytes);
  }

  private static Anchor.Builder anchor(int offset) {
    return Anchor.newBuilder()
        .setId(ByteString.copyFromUtf8("id" + offset))
        .setSourcePartition(2)
        .setSourceOffset(offset);
  }

  private static AnchorViews item(int offset) {
    return AnchorViews.newBuilder()
        .setAnchor(anchor(offset))
        .setQueryView(pixels(offset))
        .setKeyView(pixels(offset + 1))
        .setIndexView(pixels(offset + 2))
        .build();
  }

  private static ViewBatch batch(int count) {
    ViewBatch.Builder batch = ViewBatch.newBuilder().setVersion(1).setSize(SIZE);
    IntStream.range(0, count).forEach(i -> batch.addItems(item(i)));
    return batch.build();
  }

  private static InputRecord record(byte[] value) {
    return new InputRecord("views", 2, 77, null, value, Map.of(), 0);
  }

  @Test
  void aBatchComesBackAsItWas() throws Exception {
    ViewBatch batch = batch(3);

    List<byte[]> records = Codecs.serialise(batch, 1 << 20);

    assertThat(records).hasSize(1);
    assertThat(Codecs.parseViews(record(records.get(0)))).isEqualTo(batch);
  }

  @Test
  void aBatchTooBigIsSplitInOrderWithinTheLimitAndAlwaysAlike() throws Exception {
    ViewBatch batch = batch(20);
    int limit = 600;

    List<byte[]> records = Codecs.serialise(batch, limit);

    assertThat(records).hasSizeGreaterThan(5).allMatch(r -> r.length <= limit);
    assertThat(Codecs.serialise(batch, limit)).containsExactlyElementsOf(records);
    List<AnchorViews> items = new ArrayList<>();
    for (byte[] one : records) {
      items.addAll(Codecs.parseViews(record(one)).getItemsList());
    }
    assertThat(items).isEqualTo(batch.getItemsList());
  }

  @Test
  void anItemTooBigForAnyRecordIsRefusedWithItsPlaceAndTheLimit() {
    assertThatThrownBy(() -> Codecs.serialise(batch(3), 100))
        .isInstanceOf(OversizedItemException.class)
        .hasMessageContaining("item 0")
        .hasMessageContaining("at most 100");
  }

  @Test
  void whatIsNoBatchOrOfAnotherVersionIsPoison() {
    assertPoison(new byte[] {1, 2, 3}, "views-2@77");
    assertPoison(null, "no value");
    assertPoison(batch(1).toBuilder().setVersion(2).build().toByteArray(), "version 2, must be 1");
    assertPoison(new byte[0], "version 0");
    assertPoison(batch(1).toBuilder().setSize(5).build().toByteArray(), "query_view");
    assertPoison(batch(1).toBuilder().setSize(0).build().toByteArray(), "size 0");
    assertPoison(batch(1).toBuilder().addItems(item(0)).build().toByteArray(), "rising order");
  }

  private static void assertPoison(byte[] value, String message) {
    assertThatThrownBy(() -> Codecs.parseViews(record(value)))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining(message);
  }

  @Test
  void removedAnchorsNeedNoPixels() throws Exception {
    ViewBatch batch =
        ViewBatch.newBuilder()
            .setVersion(1)
            .setSize(SIZE)
            .addItems(AnchorViews.newBuilder().setAnchor(anchor(5).setRemoved(true)))
            .build();

    assertThat(Codecs.parseViews(record(batch.toByteArray()))).isEqualTo(batch);
  }

  @Test
  void vectorsAreLittleEndianAndExact() {
    float[] vector = {1f, -0f, Float.MIN_VALUE, Float.NaN, 3.25f};

    assertThat(Vectors.floats(Vectors.bytes(vector))).containsExactly(vector);
    assertThat(Vectors.bytes(new float[] {1f}).toByteArray()).containsExactly(0, 0, 0x80, 0x3f);
  }

  @Test
  void aVectorOfHalfAFloatIsPoison() {
    EmbeddingBatch batch =
        EmbeddingBatch.newBuilder()
            .setVersion(1)
            .setSize(SIZE)
            .addItems(
                EmbeddedAnchor.newBuilder()
                    .setAnchor(anchor(1))
                    .setQueryView(pixels(1))
                    .setFeatures(ByteString.copyFrom(new byte[6]))
                    .setKey(Vectors.bytes(new float[] {1})))
            .build();

    assertThatThrownBy(() -> Codecs.parseEmbeddings(record(batch.toByteArray())))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining("features")
        .hasMessageContaining("6 bytes");
  }

  private static BagBatch.Builder packedBags(ByteString query, ByteString member) {
    return BagBatch.newBuilder()
        .setVersion(1)
        .setSize(SIZE)
        .setPacking(PackedViews.GRADIENT)
        .addItems(
            BaggedAnchor.newBuilder()
                .setAnchor(anchor(5))
                .setQueryView(query)
                .setMemberView(member));
  }

  @Test
  void packedViewsAreCheckedAndComeBackAsPixels() throws Exception {
    ByteString query = PackedViews.pack(pixels(1).toByteArray());
    ByteString member = PackedViews.pack(pixels(2).toByteArray());
    BagBatch packed = Codecs.parseBags(record(packedBags(query, member).build().toByteArray()));

    BagBatch read = Codecs.unpacked(packed);

    assertThat(read.getPacking()).isEqualTo(PackedViews.NONE);
    assertThat(read.getItems(0).getQueryView()).isEqualTo(pixels(1));
    assertThat(read.getItems(0).getMemberView()).isEqualTo(pixels(2));
    assertThat(read.getItems(0).getKeyView()).isEqualTo(ByteString.EMPTY);
    assertThat(read.getItems(0).getAnchor()).isEqualTo(packed.getItems(0).getAnchor());
    assertThat(Codecs.unpacked(read)).isSameAs(read);
    assertThatThrownBy(
            () -> Codecs.parseBags(record(packedBags(query, pixels(2)).build().toByteArray())))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining(
            "member_view of source 2-5 has 48 bytes, must be a packed view of 48");
    byte[] later = packedBags(query, member).setPacking(7).build().toByteArray();
    assertThatThrownBy(() -> Codecs.parseBags(record(later)))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining("packed in a way unknown here, 7");
  }

  @Test
  void anImageWhoseViewsAreDrawnLaterHasNone() throws Exception {
    AnchorViews file = AnchorViews.newBuilder().setAnchor(anchor(3)).build();
    AnchorViews half = file.toBuilder().setQueryView(pixels(1)).build();
    ViewBatch.Builder batch = ViewBatch.newBuilder().setVersion(1).setSize(SIZE);

    assertThat(
            Codecs.parseViews(record(batch.clone().addItems(file).build().toByteArray()))
                .getItemsList())
        .containsExactly(file);
    assertThatThrownBy(
            () -> Codecs.parseViews(record(batch.clone().addItems(half).build().toByteArray())))
        .isInstanceOf(PoisonRecordException.class)
        .hasMessageContaining("index_view of source 2-3 has 0 bytes");
  }
}
