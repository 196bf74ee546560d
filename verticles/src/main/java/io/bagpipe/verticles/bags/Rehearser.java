package io.bagpipe.verticles.bags;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.memory.Remembered;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.stage.Needs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Makes anchors of remembered images: fresh views, the teacher's word as it was given, a bag of the
 * memory. What is drawn beside an anchor is a function of that anchor's place in the stream and of
 * what is remembered then. Confined to the stage's worker thread.
 */
final class Rehearser {
  private final Rehearsal rehearsal;
  private final Needs needs;
  private final ViewFactory original;
  private final List<Fresh> fresh;
  private final LongAdder rehearsed = new LongAdder();

  /** Draws of one of the images that come beside one anchor, apart from the others'. */
  private record Fresh(ViewFactory views, MemberViews members) {}

  /** An anchor with its bag, as it goes to the student. */
  @FunctionalInterface
  interface Making {
    BaggedAnchor make(EmbeddedAnchor anchor, Bag bag, MemberViews members, int packing)
        throws ImageRejectedException;
  }

  /**
   * @param needs of the objective
   * @param original draws what anchors were drawn with
   * @param views of as many draws as there are images beside an anchor, at most
   */
  Rehearser(Rehearsal rehearsal, Needs needs, ViewFactory original, List<ViewFactory> views) {
    this.rehearsal = rehearsal;
    this.needs = needs;
    this.original = original;
    this.fresh =
        views.stream()
            .map(
                of ->
                    new Fresh(
                        of,
                        new MemberViews(
                            of,
                            original,
                            needs.keyViews(),
                            (bag, rank) -> bag.others().member(rank))))
            .toList();
  }

  Rehearsal rehearsal() {
    return rehearsal;
  }

  /** What is remembered, and how many anchors came of it. From any thread. */
  IndexEvent.Memory report() {
    return new IndexEvent.Memory(rehearsal.images(), rehearsal.bytes(), rehearsed.sum());
  }

  /**
   * Anchors to be trained on beside this one, from what came before it.
   *
   * @param packing of its views, and of theirs
   */
  List<BaggedAnchor> beside(int partition, EmbeddedAnchor anchor, int packing, Making making) {
    int from = anchor.getAnchor().getSourcePartition();
    ImageCoordinates at = new ImageCoordinates(from, anchor.getAnchor().getSourceOffset());
    List<BaggedAnchor> made = new ArrayList<>();
    List<Remembered> drawn = rehearsal.beside(partition, at);
    for (int i = 0; i < drawn.size(); i++) {
      Remembered one = drawn.get(i);
      try {
        made.add(make(one, fresh.get(i), packing, making));
      } catch (ImageRejectedException e) {
        MemberViews.requireNotInterrupted(e);
        rehearsal.refused(partition, one.entry().id(), e);
      }
    }
    rehearsed.add(made.size());
    return made;
  }

  private BaggedAnchor make(Remembered one, Fresh with, int packing, Making making)
      throws ImageRejectedException {
    EmbeddedAnchor.Builder again = rehearsal.anchor(one).toBuilder();
    again.setQueryView(PackedViews.as(packing, query(one, with)));
    if (needs.keyViewsTravel()) {
      again.setKeyView(PackedViews.as(packing, view(one, with, Purpose.KEY_VIEW)));
    }
    BaggedAnchor.Builder made =
        making.make(again.build(), one.bag(), with.members(), packing).toBuilder();
    Anchor.Builder origin =
        made.getAnchorBuilder()
            .setSourcePartition(one.origin().partition())
            .setSourceOffset(one.origin().offset());
    return made.setAnchor(origin).setRehearsed(true).build();
  }

  /** Where the teacher's word is on the very view that the student saw, that view again. */
  private byte[] query(Remembered one, Fresh with) throws ImageRejectedException {
    return needs.queryEmbeddings()
        ? original.anchor(one.entry().encoded(), one.origin(), needs.keyViews()).query()
        : view(one, with, Purpose.QUERY_VIEW);
  }

  private static byte[] view(Remembered one, Fresh with, Purpose purpose)
      throws ImageRejectedException {
    return with.views().views(one.entry().encoded(), one.entry().at(), purpose)[0];
  }
}
