package io.bagpipe.verticles.stage;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;

/**
 * An anchor with the views that were drawn of it.
 *
 * @param views pixels, and the anchor with its file
 * @param shorterSide of the picture, pixels
 */
public record DrawnAnchor(AnchorViews views, int shorterSide) {
  /** What looks at every picture; called on the stage's worker thread. */
  public interface Look {
    /**
     * @param shorterSide of the picture, pixels
     * @param indexView of it, uint8 [size, size, 3] RGB
     */
    void at(int shorterSide, ByteString indexView);
  }

  /**
   * Draws them, by the anchor's coordinates: whichever stage does, they are the same.
   *
   * @param anchor with its file
   * @param keyView whether it is wanted
   */
  public static DrawnAnchor of(ViewFactory views, Anchor anchor, boolean keyView)
      throws ImageRejectedException {
    var at = new ImageCoordinates(anchor.getSourcePartition(), anchor.getSourceOffset());
    var drawn = views.anchor(anchor.getEncoded().toByteArray(), at, keyView);
    AnchorViews made =
        AnchorViews.newBuilder()
            .setAnchor(anchor)
            .setQueryView(UnsafeByteOperations.unsafeWrap(drawn.query()))
            .setKeyView(UnsafeByteOperations.unsafeWrap(drawn.key()))
            .setIndexView(UnsafeByteOperations.unsafeWrap(drawn.index()))
            .build();
    return new DrawnAnchor(made, drawn.shorterSide());
  }
}
