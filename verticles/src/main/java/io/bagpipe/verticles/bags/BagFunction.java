package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.index.VectorRejectedException;
import io.bagpipe.model.memory.Remembered;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.OversizedItemException;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.Neighbour;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.record.StateRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Needs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Upserts each anchor into its partition's rolling window and attaches, where the objective asks
 * for it, a member of its bag: a fresh view of the member and its teacher key. The windows are a
 * materialised view of the {@code embeddings} topic: when a partition is assigned, its window is
 * rebuilt from that log up to the committed offset. Confined to the stage's worker thread.
 */
final class BagFunction implements StageFunction {
  static final String STAGE = "bags";

  private final Windows windows;
  private final ViewFactory views;
  private final Needs needs;
  private final Lineage own;
  private final int maxRecordBytes;
  private final LongAdder images;
  private final @Nullable Rehearsing rehearsing;

  /**
   * Earlier images, to be trained on once more.
   *
   * @param views of them: one for each that is drawn for one anchor, each with draws of its own
   * @param rehearsed counts them
   */
  record Rehearsing(Rehearsal rehearsal, List<ViewFactory> views, LongAdder rehearsed) {}

  /**
   * @param needs what to attach
   * @param own what this stage adds to what made a batch
   * @param maxRecordBytes of what is produced; larger batches are split
   * @param images counts those that got a bag
   * @param rehearsing null: nothing is remembered
   */
  BagFunction(
      Windows windows,
      ViewFactory views,
      Needs needs,
      Lineage own,
      int maxRecordBytes,
      LongAdder images,
      @Nullable Rehearsing rehearsing) {
    this.windows = windows;
    this.views = views;
    this.needs = needs;
    this.own = own;
    this.maxRecordBytes = maxRecordBytes;
    this.images = images;
    this.rehearsing = rehearsing;
  }

  @Override
  public void assigned(int partition, long committedOffset) throws Exception {
    windows.open(partition, committedOffset);
    if (rehearsing != null) {
      rehearsing.rehearsal().open(partition);
    }
  }

  @Override
  public void revoked(int partition) {
    windows.close(partition);
    if (rehearsing != null) {
      rehearsing.rehearsal().close(partition);
    }
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws Exception {
    List<OutputRecord> outputs = new ArrayList<>(records.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (InputRecord record : records) {
      try {
        // a memory changes when all has been drawn: what fails before is done again alike
        List<Pushes.Bagged> drawn = new ArrayList<>();
        windows.take(record, drawn::add);
        drawn.forEach(bagged -> outputs.addAll(records(record.partition(), bagged)));
      } catch (PoisonRecordException | VectorRejectedException e) {
        deadLetters.add(
            new DeadLetter(
                record, STAGE, e.getClass().getSimpleName(), String.valueOf(e.getMessage())));
      }
    }
    return new StageOutput(outputs, deadLetters, changes(records.get(0).partition()));
  }

  private List<StateRecord> changes(int partition) {
    return rehearsing == null ? List.of() : rehearsing.rehearsal().changes(partition);
  }

  private List<OutputRecord> records(int partition, Pushes.Bagged bagged) {
    if (bagged.anchors().isEmpty()) {
      forget(partition, bagged, 0);
      return List.of();
    }
    images.add(bagged.anchors().size());
    BagBatch.Builder batch =
        BagBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(bagged.size())
            .setMadeBy(Lineage.parse(bagged.madeBy()).and(own).text())
            .putAllOthers(bagged.others());
    for (int i = 0; i < bagged.anchors().size(); i++) {
      EmbeddedAnchor anchor = bagged.anchors().get(i).anchor();
      forget(partition, bagged, i);
      batch.addItems(bagged(anchor, bagged.anchors().get(i).bag(), at(anchor), views));
      if (rehearsing != null && !bagged.foreign()) {
        rehearse(rehearsing, partition, anchor, batch);
        rehearsing.rehearsal().offer(partition, anchor, bagged.madeBy(), bagged.pushed());
      }
    }
    forget(partition, bagged, bagged.anchors().size());
    try {
      return Codecs.serialise(batch.build(), maxRecordBytes).stream()
          .map(bytes -> OutputRecord.of(null, bytes))
          .toList();
    } catch (OversizedItemException e) {
      // two views and two keys are less than the image and three views of the augment stage
      throw new IllegalStateException("limits.record-bytes: " + e.getMessage(), e);
    }
  }

  /** What was taken back before one of the anchors is forgotten before it. */
  private void forget(int partition, Pushes.Bagged bagged, int before) {
    if (rehearsing != null) {
      for (Pushes.Removal removal : bagged.removals()) {
        if (removal.before() == before) {
          rehearsing.rehearsal().forget(partition, removal.id());
        }
      }
    }
  }

  private void rehearse(
      Rehearsing with, int partition, EmbeddedAnchor anchor, BagBatch.Builder into) {
    ImageCoordinates at = at(anchor);
    List<Remembered> drawn = with.rehearsal().beside(partition, at);
    for (int i = 0; i < drawn.size(); i++) {
      Remembered one = drawn.get(i);
      ViewFactory fresh = with.views().get(i);
      ByteString query;
      try {
        query =
            UnsafeByteOperations.unsafeWrap(
                fresh.views(one.entry().encoded(), at, Purpose.QUERY_VIEW)[0]);
      } catch (ImageRejectedException e) {
        with.rehearsal().refused(partition, one.entry().id(), e);
        continue;
      }
      EmbeddedAnchor again = Rehearsal.anchor(one).toBuilder().setQueryView(query).build();
      into.addItems(bagged(again, one.bag(), at, fresh).toBuilder().setRehearsed(true));
      with.rehearsed().increment();
    }
  }

  private static ImageCoordinates at(EmbeddedAnchor anchor) {
    return new ImageCoordinates(
        anchor.getAnchor().getSourcePartition(), anchor.getAnchor().getSourceOffset());
  }

  /**
   * @param at whose draws they are
   */
  private BaggedAnchor bagged(
      EmbeddedAnchor anchor, Bag bag, ImageCoordinates at, ViewFactory views) {
    BaggedAnchor.Builder bagged =
        BaggedAnchor.newBuilder()
            .setAnchor(anchor.getAnchor().toBuilder().clearEncoded())
            .setQueryView(anchor.getQueryView())
            .setQueryEmbedding(anchor.getQueryEmbedding());
    if (needs.anchorKeys()) {
      bagged.setKey(anchor.getKey());
    }
    for (io.bagpipe.model.index.Neighbour neighbour : bag.neighbours()) {
      Neighbour.Builder of =
          Neighbour.newBuilder()
              .setId(UnsafeByteOperations.unsafeWrap(neighbour.id()))
              .setSimilarity(neighbour.similarity());
      String label = neighbour.label();
      if (label != null) {
        of.setLabel(label);
      }
      bagged.addBag(of);
    }
    Member member = bag.member();
    if (member == null) {
      return alone(bagged, anchor, at, views);
    }
    bagged.setMember(member.rank());
    if (needs.memberViews()) {
      bagged.setMemberView(view(member.encoded(), at, views));
    }
    if (needs.memberKeys()) {
      bagged.setMemberKey(Vectors.bytes(member.key()));
    }
    return bagged.build();
  }

  /** An anchor without a bag is its own member: a second view of it, and its own key. */
  private BaggedAnchor alone(
      BaggedAnchor.Builder bagged, EmbeddedAnchor anchor, ImageCoordinates at, ViewFactory views) {
    bagged.setMember(-1);
    if (needs.memberViews()) {
      bagged.setMemberView(view(anchor.getAnchor().getEncoded().toByteArray(), at, views));
    }
    if (needs.memberKeys()) {
      bagged.setMemberKey(anchor.getKey());
    }
    return bagged.build();
  }

  private static ByteString view(byte[] encoded, ImageCoordinates anchor, ViewFactory views) {
    try {
      return UnsafeByteOperations.unsafeWrap(views.member(encoded, anchor));
    } catch (ImageRejectedException e) {
      // every image in the window was decoded once by the augment stage, with the same limits
      throw new IllegalStateException("a member that was readable before: " + e.getMessage(), e);
    }
  }
}
