package io.bagpipe.verticles.bags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.index.Neighbour;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose view an anchor gets when members cannot be decoded any more. */
class MemberViewsTest {
  private static final ImageCoordinates AT = new ImageCoordinates(2, 17);

  /** What this process decodes: 100 pixels, where the stage before took more. */
  private final ViewFactory views = Pictures.views(100);

  private final List<byte[]> files = new ArrayList<>();
  private byte[] small;
  private byte[] large;

  @BeforeEach
  void draw() throws Exception {
    small = Pictures.png(8, 8, 1);
    large = Pictures.png(20, 20, 2);
  }

  private Member member(int rank) {
    byte[] id = ("n" + rank).getBytes(StandardCharsets.UTF_8);
    return new Member(
        id, rank, 0.5f, null, new ImageCoordinates(0, rank), files.get(rank), new float[] {rank});
  }

  private Bag bag(int drawn, byte[]... members) {
    files.addAll(List.of(members));
    List<Neighbour> neighbours = new ArrayList<>();
    for (int rank = 0; rank < members.length; rank++) {
      neighbours.add(new Neighbour(member(rank).id(), 0.5f, null));
    }
    return new Bag(new byte[1], null, neighbours, member(drawn), rank -> Optional.of(member(rank)));
  }

  private EmbeddedAnchor anchor(byte[] file) {
    return EmbeddedAnchor.newBuilder()
        .setAnchor(
            Anchor.newBuilder()
                .setSourcePartition(AT.partition())
                .setSourceOffset(AT.offset())
                .setEncoded(ByteString.copyFrom(file)))
        .build();
  }

  @Test
  void theNextOfTheBagTakesThePlaceOfOneThatCannotBeDecoded() throws Exception {
    byte[] other = Pictures.png(9, 9, 3);
    Bag bag = bag(2, small, other, large, large);
    MemberViews members =
        new MemberViews(views, views, true, (of, rank) -> of.others().member(rank));

    MemberViews.Chosen chosen = members.fresh(anchor(other), bag, PackedViews.NONE);

    assertThat(chosen.member().rank()).as("2 and 3 are too large, round to 0").isZero();
    assertThat(chosen.view().toByteArray()).isEqualTo(views.member(small, AT));
    assertThat(members.passedOver()).isEqualTo(2);
    MemberViews again = new MemberViews(views, views, true, (of, rank) -> of.others().member(rank));
    assertThat(again.fresh(anchor(other), bag, PackedViews.NONE).view())
        .as("a replay")
        .isEqualTo(chosen.view());
  }

  @Test
  void areTheSamePixelsWherePackedOnesAreAskedFor() throws Exception {
    MemberViews members =
        new MemberViews(views, views, true, (of, rank) -> of.others().member(rank));
    Bag bag = bag(1, small, small);

    ByteString fresh = members.fresh(anchor(small), bag, PackedViews.GRADIENT).view();
    ByteString before = members.asAnchor(anchor(small), bag, PackedViews.GRADIENT).view();

    assertThat(PackedViews.unpack(fresh, Pictures.SIZE)).isEqualTo(views.member(small, AT));
    assertThat(PackedViews.unpack(before, Pictures.SIZE))
        .isEqualTo(views.anchor(small, new ImageCoordinates(0, 1)).query());
  }

  @Test
  void oneThatItsWindowLetGoOfIsLeftOut() throws Exception {
    Bag bag = bag(0, large, small, small);
    MemberViews members =
        new MemberViews(
            views,
            views,
            true,
            (of, rank) -> rank == 1 ? Optional.empty() : of.others().member(rank));

    assertThat(members.fresh(anchor(small), bag, PackedViews.NONE).member().rank()).isEqualTo(2);
    assertThat(members.passedOver()).isEqualTo(1);
  }

  @Test
  void whereNoneCanBeDecodedTheAnchorIsItsOwnMember() throws Exception {
    MemberViews members =
        new MemberViews(views, views, true, (of, rank) -> of.others().member(rank));

    MemberViews.Chosen chosen =
        members.fresh(anchor(small), bag(1, large, large), PackedViews.NONE);

    assertThat(chosen.member()).isNull();
    assertThat(chosen.view().toByteArray()).isEqualTo(views.member(small, AT));
  }

  @Test
  void anAnchorThatIsAloneAndCannotBeDecodedIsSaidToBeSo() {
    MemberViews members =
        new MemberViews(views, views, true, (of, rank) -> of.others().member(rank));
    Bag alone = new Bag(new byte[1], null, List.of(), null);

    assertThatThrownBy(() -> members.fresh(anchor(large), alone, PackedViews.NONE))
        .isInstanceOf(ImageRejectedException.class);
  }
}
