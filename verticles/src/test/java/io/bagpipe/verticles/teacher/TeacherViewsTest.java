package io.bagpipe.verticles.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.stage.DrawnAnchor;
import io.bagpipe.verticles.stage.ViewPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Views that are drawn where the teacher is. */
class TeacherViewsTest {
  private final List<String> looked = new ArrayList<>();
  private final TeacherViews packing = views(true);
  private final TeacherViews plain = views(false);
  private final List<String> refused = new ArrayList<>();

  private TeacherViews views(boolean packs) {
    return new TeacherViews(
        new ViewPool(3, () -> Pictures.views(1 << 20)),
        true,
        (side, view) -> looked.add(side + " " + view.size()),
        packs);
  }

  @AfterEach
  void close() {
    packing.close();
    plain.close();
  }

  private static Anchor.Builder anchor(int offset) {
    return Anchor.newBuilder()
        .setId(ByteString.copyFromUtf8("id-" + offset))
        .setSourcePartition(2)
        .setSourceOffset(offset);
  }

  private static AnchorViews file(int offset, byte[] file) {
    return AnchorViews.newBuilder()
        .setAnchor(anchor(offset).setEncoded(ByteString.copyFrom(file)))
        .build();
  }

  private static ViewBatch batch(AnchorViews... items) {
    return ViewBatch.newBuilder()
        .setVersion(Codecs.VERSION)
        .setSize(Pictures.SIZE)
        .setMadeBy("views:a5")
        .addAllItems(List.of(items))
        .build();
  }

  private void note(Anchor image, ImageRejectedException e) {
    refused.add(image.getSourceOffset() + " " + e.reason());
  }

  @Test
  void areThoseOfTheAugmentStageToTheBitAndTheOthersStayAsTheyAre() throws Exception {
    ViewFactory factory = Pictures.views(1 << 20);
    byte[] good = Pictures.png(40, 30, 1);
    AnchorViews drawn =
        DrawnAnchor.of(factory, file(4, Pictures.png(9, 12, 2)).getAnchor(), true).views();
    AnchorViews removed = AnchorViews.newBuilder().setAnchor(anchor(5).setRemoved(true)).build();
    byte[] torn = Arrays.copyOf(good, good.length / 2);

    ViewBatch complete =
        packing.complete(
            batch(file(3, good), drawn, removed, file(6, torn), file(7, good)), this::note);

    assertThat(complete)
        .isEqualTo(
            batch(
                DrawnAnchor.of(factory, file(3, good).getAnchor(), true).views(),
                drawn,
                removed,
                DrawnAnchor.of(factory, file(7, good).getAnchor(), true).views()));
    assertThat(refused).containsExactly("6 CORRUPT");
    int view = 3 * Pictures.SIZE * Pictures.SIZE;
    assertThat(looked).containsExactly("30 " + view, "30 " + view);
  }

  @Test
  void goOnPackedOrAsTheyAre() throws Exception {
    byte[] pixels = Pictures.views(1 << 20).index(Pictures.png(40, 30, 1));

    ByteString packed = packing.onward(ByteString.copyFrom(pixels));

    assertThat(packing.packing()).isEqualTo(PackedViews.GRADIENT);
    assertThat(PackedViews.unpack(packed, Pictures.SIZE)).isEqualTo(pixels);
    assertThat(plain.packing()).isEqualTo(PackedViews.NONE);
    assertThat(plain.onward(ByteString.copyFrom(pixels)).toByteArray()).isEqualTo(pixels);
  }
}
