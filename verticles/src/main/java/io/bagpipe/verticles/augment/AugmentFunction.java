package io.bagpipe.verticles.augment;

import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.StrayDecoders;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.OversizedItemException;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.AnchorViews;
import io.bagpipe.streams.proto.ViewBatch;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.config.LimitsConfig.Names;
import io.bagpipe.verticles.stage.DrawnAnchor;
import io.bagpipe.verticles.stage.ImageRecords;
import io.bagpipe.verticles.stage.ViewPool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns image records into a batch of views: query, index and, where it is asked for, key view of
 * each image, drawn from (seed, partition, offset), so that work done again gives the same bytes;
 * or into a batch of the files alone, where the teacher stage is to draw them. Records without a
 * key get one from their coordinates; a null value (tombstone) passes on as a removal; an image
 * that cannot be read becomes a dead letter. Confined to the stage's worker thread.
 */
final class AugmentFunction implements StageFunction {
  static final String STAGE = "augment";

  private final ViewPool pool;
  private final int size;
  private final Views views;
  private final int maxRecordBytes;
  private final String madeBy;
  private final Names names;
  private final Consumer<DeadLetter> onDeadLetter;
  private final DrawnAnchor.Look look;

  /**
   * What becomes of an image.
   *
   * @param here whether its views are drawn here; else the teacher stage draws them, and here the
   *     file is looked at only as far as its head
   * @param keyViews whether the objective asks for them or an embedding of them
   */
  record Views(boolean here, boolean keyViews) {}

  /**
   * @param size side of the views, pixels
   * @param views which are drawn here
   * @param madeBy what every batch says of what made it
   * @param maxRecordBytes of what is produced; larger batches are split
   * @param names how long ids and labels may be
   * @param onDeadLetter told of each image that could not be used
   * @param look at each whose views are drawn here
   */
  AugmentFunction(
      ViewPool pool,
      int size,
      Views views,
      String madeBy,
      int maxRecordBytes,
      Names names,
      Consumer<DeadLetter> onDeadLetter,
      DrawnAnchor.Look look) {
    this.pool = pool;
    this.size = size;
    this.views = views;
    this.madeBy = madeBy;
    this.maxRecordBytes = maxRecordBytes;
    this.names = names;
    this.onDeadLetter = onDeadLetter;
    this.look = look;
  }

  private record Result(
      InputRecord image, @Nullable DrawnAnchor drawn, @Nullable DeadLetter dead) {}

  @Override
  public StageOutput apply(List<InputRecord> images) throws InterruptedException {
    StrayDecoders.check(); // what was worked on before is finished, and will be committed
    List<Result> good = new ArrayList<>(images.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (Result result : pool.map(images, this::result)) {
      DeadLetter dead = result.dead();
      DrawnAnchor drawn = result.drawn();
      if (dead == null && drawn != null) {
        good.add(result);
        if (Codecs.hasViews(drawn.views())) {
          look.at(drawn.shorterSide(), drawn.views().getIndexView());
        }
      } else if (dead != null) {
        deadLetters.add(dead);
      }
    }
    List<OutputRecord> records = records(good, deadLetters);
    deadLetters.forEach(onDeadLetter);
    return new StageOutput(records, deadLetters);
  }

  /** An image that with its views is too large for a record is no good either. */
  private List<OutputRecord> records(List<Result> good, List<DeadLetter> deadLetters) {
    while (!good.isEmpty()) {
      ViewBatch.Builder batch =
          ViewBatch.newBuilder().setVersion(Codecs.VERSION).setSize(size).setMadeBy(madeBy);
      good.forEach(result -> batch.addItems(Objects.requireNonNull(result.drawn()).views()));
      try {
        return Codecs.serialise(batch.build(), maxRecordBytes).stream()
            .map(bytes -> OutputRecord.of(null, bytes))
            .toList();
      } catch (OversizedItemException e) {
        Result large = good.remove(e.item());
        deadLetters.add(dead(large.image(), "TOO_MANY_BYTES", e.getMessage()));
      }
    }
    return List.of();
  }

  private static DeadLetter dead(InputRecord image, String error, @Nullable String message) {
    return new DeadLetter(image, STAGE, error, String.valueOf(message));
  }

  private Result result(ViewFactory factory, InputRecord image) {
    byte[] key = image.key();
    byte[] label = image.headers().get(ImageRecords.LABEL_HEADER);
    byte[] era = image.headers().get(ImageRecords.ERA_HEADER);
    if (era != null && era.length > ImageRecords.MOST_ERA_BYTES) {
      String refused = "an era's name of " + era.length + " bytes, at most ";
      return new Result(
          image, null, dead(image, "NAME_TOO_LONG", refused + ImageRecords.MOST_ERA_BYTES));
    }
    String refusal =
        names.refusal(
            key == null ? 0 : key.length,
            // what is no UTF-8 grows when it is made to be
            label == null ? 0 : Math.max(label.length, utf8(label).length));
    if (refusal != null) {
      return new Result(image, null, dead(image, "NAME_TOO_LONG", refusal));
    }
    try {
      return new Result(image, views(factory, image), null);
    } catch (ImageRejectedException e) {
      return new Result(image, null, dead(image, e.reason().name(), e.getMessage()));
    }
  }

  private static byte[] utf8(byte[] label) {
    return new String(label, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
  }

  private DrawnAnchor views(ViewFactory factory, InputRecord image) throws ImageRejectedException {
    Anchor.Builder anchor =
        Anchor.newBuilder()
            .setId(UnsafeByteOperations.unsafeWrap(ImageRecords.id(image)))
            .setSourcePartition(image.partition())
            .setSourceOffset(image.offset());
    byte[] label = image.headers().get(ImageRecords.LABEL_HEADER);
    if (label != null) {
      anchor.setLabel(new String(label, StandardCharsets.UTF_8));
    }
    byte[] era = image.headers().get(ImageRecords.ERA_HEADER);
    if (era != null) {
      anchor.setEra(new String(era, StandardCharsets.UTF_8));
    }
    ImageRecords.origin(image, anchor);
    byte[] encoded = image.value();
    if (encoded == null) {
      return alone(anchor.setRemoved(true), 0);
    }
    anchor.setEncoded(UnsafeByteOperations.unsafeWrap(encoded));
    return views.here()
        ? DrawnAnchor.of(factory, anchor.build(), views.keyViews())
        : alone(anchor, factory.shorterSide(encoded));
  }

  private static DrawnAnchor alone(Anchor.Builder anchor, int shorterSide) {
    return new DrawnAnchor(AnchorViews.newBuilder().setAnchor(anchor).build(), shorterSide);
  }
}
