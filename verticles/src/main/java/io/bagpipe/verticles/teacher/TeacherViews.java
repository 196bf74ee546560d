package io.bagpipe.verticles.teacher;

import com.google.protobuf.ByteString;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.StrayDecoders;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PackedViews;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.verticles.stage.DrawnAnchor;
import io.bagpipe.verticles.stage.ViewPool;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The views of what comes to the teacher: those that the augment stage left to be drawn here are
 * drawn, the same to the bit. And as what the views go on: pixels, or packed. Confined to the
 * stage's worker thread.
 */
final class TeacherViews implements AutoCloseable {
  private final ViewPool pool;
  private final boolean keyViews;
  private final DrawnAnchor.Look look;
  private final boolean packs;

  /**
   * @param pool draws; closed with this
   * @param keyViews whether the objective asks for them or an embedding of them
   * @param look at each picture whose views are drawn here
   * @param packs whether views go on packed
   */
  TeacherViews(ViewPool pool, boolean keyViews, DrawnAnchor.Look look, boolean packs) {
    this.pool = pool;
    this.keyViews = keyViews;
    this.look = look;
    this.packs = packs;
  }

  private record Result(
      AnchorViews item, @Nullable DrawnAnchor drawn, @Nullable ImageRejectedException refused) {}

  /**
   * A batch of which every image has its views.
   *
   * @param refused told of each that cannot be decoded, in order; it is left out
   */
  ViewBatch complete(ViewBatch batch, BiConsumer<Anchor, ImageRejectedException> refused)
      throws InterruptedException {
    StrayDecoders.check(); // what was worked on before is finished, and will be committed
    List<AnchorViews> items = batch.getItemsList();
    if (items.stream().noneMatch(TeacherViews::isToBeDrawn)) {
      return batch;
    }
    ViewBatch.Builder complete = batch.toBuilder().clearItems();
    for (Result result : pool.map(items, this::drawn)) {
      if (result.refused() != null) {
        refused.accept(result.item().getAnchor(), result.refused());
      } else if (result.drawn() == null) {
        complete.addItems(result.item());
      } else {
        DrawnAnchor drawn = Objects.requireNonNull(result.drawn());
        complete.addItems(drawn.views());
        look.at(drawn.shorterSide(), drawn.views().getIndexView());
      }
    }
    return complete.build();
  }

  private static boolean isToBeDrawn(AnchorViews item) {
    return !item.getAnchor().getRemoved() && !Codecs.hasViews(item);
  }

  private Result drawn(ViewFactory factory, AnchorViews item) {
    if (!isToBeDrawn(item)) {
      return new Result(item, null, null);
    }
    try {
      return new Result(item, DrawnAnchor.of(factory, item.getAnchor(), keyViews), null);
    } catch (ImageRejectedException e) {
      return new Result(item, null, e);
    }
  }

  /** How views go on, for a batch's field of that name. */
  int packing() {
    return packs ? PackedViews.GRADIENT : PackedViews.NONE;
  }

  /** A view as it goes on. */
  ByteString onward(ByteString pixels) {
    return packs ? PackedViews.pack(pixels.toByteArray()) : pixels;
  }

  @Override
  public void close() {
    pool.close();
  }
}
