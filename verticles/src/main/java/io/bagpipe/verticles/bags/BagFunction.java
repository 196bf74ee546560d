package io.bagpipe.verticles.bags;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.index.VectorRejectedException;
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
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Needs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Upserts each anchor into its partition's rolling window and attaches, where the objective asks
 * for it, a member of its bag: a view of the member and a teacher's embedding. The windows are a
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

  /**
   * @param needs what to attach
   * @param own what this stage adds to what made a batch
   * @param maxRecordBytes of what is produced; larger batches are split
   * @param images counts those that got a bag
   */
  BagFunction(
      Windows windows,
      ViewFactory views,
      Needs needs,
      Lineage own,
      int maxRecordBytes,
      LongAdder images) {
    this.windows = windows;
    this.views = views;
    this.needs = needs;
    this.own = own;
    this.maxRecordBytes = maxRecordBytes;
    this.images = images;
  }

  @Override
  public void assigned(int partition, long committedOffset) throws Exception {
    windows.open(partition, committedOffset);
  }

  @Override
  public void revoked(int partition) {
    windows.close(partition);
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws Exception {
    List<OutputRecord> outputs = new ArrayList<>(records.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (InputRecord record : records) {
      try {
        windows.take(record, bagged -> outputs.addAll(records(bagged)));
      } catch (PoisonRecordException | VectorRejectedException e) {
        deadLetters.add(
            new DeadLetter(
                record, STAGE, e.getClass().getSimpleName(), String.valueOf(e.getMessage())));
      }
    }
    return new StageOutput(outputs, deadLetters);
  }

  private List<OutputRecord> records(Pushes.Bagged bagged) {
    if (bagged.anchors().isEmpty()) {
      return List.of();
    }
    images.add(bagged.anchors().size());
    BagBatch.Builder batch =
        BagBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(bagged.size())
            .setMadeBy(Lineage.parse(bagged.madeBy()).and(own).text())
            .putAllOthers(bagged.others());
    bagged.anchors().forEach(item -> batch.addItems(bagged(item.anchor(), item.bag())));
    try {
      return Codecs.serialise(batch.build(), maxRecordBytes).stream()
          .map(bytes -> OutputRecord.of(null, bytes))
          .toList();
    } catch (OversizedItemException e) {
      // two views and two keys are less than the image and three views of the augment stage
      throw new IllegalStateException("limits.record-bytes: " + e.getMessage(), e);
    }
  }

  private BaggedAnchor bagged(EmbeddedAnchor anchor, Bag bag) {
    var at =
        new ImageCoordinates(
            anchor.getAnchor().getSourcePartition(), anchor.getAnchor().getSourceOffset());
    BaggedAnchor.Builder bagged =
        BaggedAnchor.newBuilder()
            .setAnchor(anchor.getAnchor().toBuilder().clearEncoded())
            .setQueryView(anchor.getQueryView())
            .setQueryEmbedding(anchor.getQueryEmbedding());
    if (needs.anchorKeys()) {
      bagged.setKey(anchor.getKey());
    }
    if (needs.keyViewsTravel()) {
      bagged.setKeyView(anchor.getKeyView());
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
      return alone(bagged, anchor, at);
    }
    bagged.setMember(member.rank());
    if (needs.memberViews()) {
      bagged.setMemberView(view(member.encoded(), at));
    }
    if (needs.memberKeys()) {
      bagged.setMemberKey(Vectors.bytes(member.key()));
    }
    if (needs.memberQueryViews()) {
      bagged.setMemberQueryView(queryView(member));
    }
    if (needs.memberQueryEmbeddings()) {
      bagged.setMemberQueryEmbedding(Vectors.bytes(member.key()));
    }
    return bagged.build();
  }

  /** An anchor without a bag is its own member: a second view of it, and its own key. */
  private BaggedAnchor alone(
      BaggedAnchor.Builder bagged, EmbeddedAnchor anchor, ImageCoordinates at) {
    bagged.setMember(-1);
    if (needs.memberViews()) {
      bagged.setMemberView(view(anchor.getAnchor().getEncoded().toByteArray(), at));
    }
    if (needs.memberKeys()) {
      bagged.setMemberKey(anchor.getKey());
    }
    if (needs.memberQueryViews()) {
      bagged.setMemberQueryView(anchor.getQueryView());
    }
    if (needs.memberQueryEmbeddings()) {
      bagged.setMemberQueryEmbedding(anchor.getQueryEmbedding());
    }
    return bagged.build();
  }

  /** The very bytes that the augment stage drew, by the same call. */
  private ByteString queryView(Member member) {
    try {
      return UnsafeByteOperations.unsafeWrap(
          views.anchor(member.encoded(), member.at(), needs.keyViews()).query());
    } catch (ImageRejectedException e) {
      throw new IllegalStateException("a member that was readable before: " + e.getMessage(), e);
    }
  }

  private ByteString view(byte[] encoded, ImageCoordinates anchor) {
    try {
      return UnsafeByteOperations.unsafeWrap(views.member(encoded, anchor));
    } catch (ImageRejectedException e) {
      // every image in the window was decoded once by the augment stage, with the same limits
      throw new IllegalStateException("a member that was readable before: " + e.getMessage(), e);
    }
  }
}
