package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A view of an anchor's member. Every image in a window was decoded once, when it was drawn; one
 * that this process cannot decode (its limits are lower, its version is stricter) is passed over:
 * the next of the bag takes its place, in the order of the bag from the one that was drawn, round
 * to the one before it. So the choice is still a function of seed, coordinates and bag, and of
 * which members can be decoded. When none can, the anchor is its own member, as in a young window.
 * Confined to the stage's worker thread.
 */
final class MemberViews {
  private static final Logger LOG = LoggerFactory.getLogger(MemberViews.class);

  private final ViewFactory views;
  private final ViewFactory original;
  private final boolean keyViews;
  private final Entries entries;
  private final LongAdder passedOver = new LongAdder();

  /** Where the other members of a bag are. */
  interface Entries {
    Optional<Member> member(Bag bag, int rank);
  }

  /**
   * @param member null: the anchor itself
   * @param view uint8 [size, size, 3], packed where that was asked for
   */
  record Chosen(@Nullable Member member, ByteString view) {}

  /**
   * @param views draws fresh ones
   * @param original draws those that anchors were drawn with
   * @param keyViews whether it drew key views beside them
   */
  MemberViews(ViewFactory views, ViewFactory original, boolean keyViews, Entries entries) {
    this.views = views;
    this.original = original;
    this.keyViews = keyViews;
    this.entries = entries;
  }

  /** Members that could not be decoded. From any thread. */
  long passedOver() {
    return passedOver.sum();
  }

  /**
   * The view that is always the same: no draw is in it.
   *
   * @throws ImageRejectedException when it cannot be decoded
   */
  ByteString index(EmbeddedAnchor anchor, int packing) throws ImageRejectedException {
    byte[] encoded = anchor.getAnchor().getEncoded().toByteArray();
    try {
      return PackedViews.as(packing, original.index(encoded));
    } catch (ImageRejectedException e) {
      requireNotInterrupted(e);
      throw e;
    }
  }

  /** Draws a view of a member. */
  @FunctionalInterface
  private interface Drawing {
    byte[] draw(Member member) throws ImageRejectedException;
  }

  /**
   * A fresh view of the member, or else of the anchor itself.
   *
   * @param packing of the view, as of the anchor's
   * @throws ImageRejectedException when not even the anchor itself can be decoded
   */
  Chosen fresh(EmbeddedAnchor anchor, Bag bag, int packing) throws ImageRejectedException {
    var at =
        new ImageCoordinates(
            anchor.getAnchor().getSourcePartition(), anchor.getAnchor().getSourceOffset());
    Chosen chosen = choose(bag, packing, member -> views.member(member.encoded(), at));
    if (chosen != null) {
      return chosen;
    }
    byte[] own = anchor.getAnchor().getEncoded().toByteArray();
    try {
      return new Chosen(null, PackedViews.as(packing, views.member(own, at)));
    } catch (ImageRejectedException e) {
      requireNotInterrupted(e);
      throw e;
    }
  }

  /** The view that the student saw when the member was an anchor; or else the anchor's own. */
  Chosen asAnchor(EmbeddedAnchor anchor, Bag bag, int packing) {
    // the very bytes that were drawn of it then, by the same call
    Chosen chosen =
        choose(
            bag,
            packing,
            member -> original.anchor(member.encoded(), member.at(), keyViews).query());
    return chosen == null ? new Chosen(null, anchor.getQueryView()) : chosen;
  }

  private @Nullable Chosen choose(Bag bag, int packing, Drawing drawing) {
    Member drawn = bag.member();
    int size = drawn == null ? 0 : bag.neighbours().size();
    for (int i = 0; drawn != null && i < size; i++) {
      int rank = (drawn.rank() + i) % size;
      Optional<Member> member = i == 0 ? Optional.of(drawn) : entries.member(bag, rank);
      if (member.isPresent()) {
        ByteString view = decoded(member.get(), packing, drawing);
        if (view != null) {
          return new Chosen(member.get(), view);
        }
      }
    }
    return null;
  }

  private @Nullable ByteString decoded(Member member, int packing, Drawing drawing) {
    try {
      return PackedViews.as(packing, drawing.draw(member));
    } catch (ImageRejectedException e) {
      requireNotInterrupted(e);
      passedOver.increment();
      if (passedOver.sum() == 1) {
        LOG.warn(
            "image {} is in the window and cannot be decoded here ({}): another member is taken, as"
                + " for all like it; are limits.* lower than they were, or than augment's?",
            new String(member.id(), StandardCharsets.UTF_8),
            e.getMessage());
      }
      return null;
    }
  }

  /** A decode that was cut off because the stage ends says nothing of the image. */
  static void requireNotInterrupted(ImageRejectedException error) {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("interrupted while a view was drawn", error);
    }
  }
}
