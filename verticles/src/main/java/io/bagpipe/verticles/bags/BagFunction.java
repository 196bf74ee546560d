package io.bagpipe.verticles.bags;

import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.StrayDecoders;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.Member;
import io.bagpipe.model.index.VectorRejectedException;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.OversizedItemException;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
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
import io.bagpipe.verticles.stage.ImageRecords;
import io.bagpipe.verticles.stage.Lineage;
import io.bagpipe.verticles.stage.Needs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Upserts each anchor into its partition's rolling window and attaches, where the objective asks
 * for it, a member of its bag: a view of the member and a teacher's embedding. The windows are a
 * materialised view of the {@code embeddings} topic: when a partition is assigned, its window is
 * rebuilt from that log up to the committed offset. Confined to the stage's worker thread.
 */
final class BagFunction implements StageFunction {
  static final String STAGE = "bags";

  private final Windows windows;
  private final MemberViews members;
  private final Needs needs;
  private final Lineage own;
  private final int maxRecordBytes;
  private final String imagesTopic;
  private final LongAdder images;
  private final Consumer<DeadLetter> onDeadLetter;
  private final @Nullable Rehearser rehearser;
  private final @Nullable DriftWatch drift;

  /**
   * What the stage does beside keeping windows.
   *
   * @param members of members
   * @param rehearser of what is remembered; null: nothing is
   * @param drift watches the stream for changes; null: nobody does
   */
  record Drawing(MemberViews members, @Nullable Rehearser rehearser, @Nullable DriftWatch drift) {}

  /**
   * @param needs what to attach
   * @param own what this stage adds to what made a batch
   * @param maxRecordBytes of what is produced; larger batches are split
   * @param imagesTopic that the images came from
   * @param images counts those that got a bag
   * @param onDeadLetter told of each image that could not be used
   */
  BagFunction(
      Windows windows,
      Drawing drawing,
      Needs needs,
      Lineage own,
      int maxRecordBytes,
      String imagesTopic,
      LongAdder images,
      Consumer<DeadLetter> onDeadLetter) {
    this.windows = windows;
    this.members = drawing.members();
    this.rehearser = drawing.rehearser();
    this.drift = drawing.drift();
    this.needs = needs;
    this.own = own;
    this.maxRecordBytes = maxRecordBytes;
    this.imagesTopic = imagesTopic;
    this.images = images;
    this.onDeadLetter = onDeadLetter;
  }

  @Override
  public void assigned(int partition, long committedOffset) throws Exception {
    windows.open(partition, committedOffset);
    if (rehearser != null) {
      rehearser.rehearsal().open(partition);
    }
    if (drift != null) {
      drift.open(partition);
    }
  }

  @Override
  public void revoked(int partition) {
    windows.close(partition);
    if (rehearser != null) {
      rehearser.rehearsal().close(partition);
    }
    if (drift != null) {
      drift.close(partition);
    }
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws Exception {
    StrayDecoders.check(); // what was worked on before is finished, and will be committed
    List<OutputRecord> outputs = new ArrayList<>(records.size());
    List<DeadLetter> deadLetters = new ArrayList<>();
    LongAdder bags = new LongAdder();
    for (InputRecord record : records) {
      try {
        List<DeadLetter> refused = new ArrayList<>();
        // a memory changes once all has been drawn: what fails before is done again alike
        List<Pushes.Bagged> drawn = new ArrayList<>();
        windows.take(record, drawn::add);
        for (Pushes.Bagged bagged : drawn) {
          outputs.addAll(records(record, bagged, refused));
          bags.add(bagged.anchors().size());
        }
        refused.forEach(onDeadLetter);
        deadLetters.addAll(refused);
      } catch (PoisonRecordException | VectorRejectedException e) {
        deadLetters.add(
            new DeadLetter(
                record, STAGE, e.getClass().getSimpleName(), String.valueOf(e.getMessage())));
      }
    }
    images.add(bags.sum());
    return new StageOutput(outputs, deadLetters, changes(records.get(0).partition()));
  }

  private List<StateRecord> changes(int partition) {
    List<StateRecord> changes = new ArrayList<>();
    if (rehearser != null) {
      changes.addAll(rehearser.rehearsal().changes(partition));
    }
    if (drift != null) {
      changes.addAll(drift.changes(partition));
    }
    return changes;
  }

  private List<OutputRecord> records(
      InputRecord record, Pushes.Bagged bagged, List<DeadLetter> deadLetters) {
    BagBatch.Builder batch =
        BagBatch.newBuilder()
            .setVersion(Codecs.VERSION)
            .setSize(bagged.size())
            .setPacking(bagged.packing())
            .setMadeBy(Lineage.parse(bagged.madeBy()).and(own).text())
            .putAllOthers(bagged.others());
    for (int i = 0; i < bagged.anchors().size(); i++) {
      EmbeddedAnchor anchor = bagged.anchors().get(i).anchor();
      hold(record, bagged, i, batch, deadLetters);
      forget(record.partition(), bagged, i);
      try {
        BaggedAnchor made =
            bagged(anchor, bagged.anchors().get(i).bag(), members, bagged.packing());
        batch.addItems(drift == null ? made : watched(drift, record.partition(), made, bagged, i));
        if (rehearser != null && !bagged.foreign()) {
          batch.addAllItems(
              rehearser.beside(record.partition(), anchor, bagged.packing(), this::bagged));
          rehearser.rehearsal().offer(record.partition(), anchor, bagged.madeBy(), bagged.pushed());
        }
      } catch (ImageRejectedException e) {
        deadLetters.add(dead(record, anchor.getAnchor(), e.reason().name(), e.getMessage()));
      }
    }
    hold(record, bagged, bagged.anchors().size(), batch, deadLetters);
    forget(record.partition(), bagged, bagged.anchors().size());
    return serialised(record, batch, bagged, deadLetters);
  }

  /** What is held out goes to the student in its place, to be asked about and not trained. */
  private void hold(
      InputRecord record,
      Pushes.Bagged bagged,
      int before,
      BagBatch.Builder batch,
      List<DeadLetter> deadLetters) {
    for (Pushes.Held held : bagged.held()) {
      if (held.before() == before) {
        Anchor anchor = held.anchor().getAnchor();
        try {
          BaggedAnchor.Builder made =
              BaggedAnchor.newBuilder()
                  .setAnchor(anchor.toBuilder().clearEncoded())
                  .setProbe(true)
                  .setPushed(bagged.pushed())
                  .setQueryView(members.index(held.anchor(), bagged.packing()));
          batch.addItems(bagged.foreign() ? made : made.setFeatures(held.anchor().getFeatures()));
        } catch (ImageRejectedException e) {
          deadLetters.add(dead(record, anchor, e.reason().name(), e.getMessage()));
        }
      }
    }
  }

  /** The anchor, with the name of the change that it shows. */
  private static BaggedAnchor watched(
      DriftWatch drift, int partition, BaggedAnchor made, Pushes.Bagged bagged, int item) {
    if (bagged.foreign()) {
      return made; // another teacher's features cannot be compared
    }
    EmbeddedAnchor anchor = bagged.anchors().get(item).anchor();
    String change = drift.take(partition, anchor, bagged.madeBy(), bagged.pushed());
    return change.isEmpty() ? made : made.toBuilder().setDrift(change).build();
  }

  /** What was taken back before an anchor is forgotten before it. */
  private void forget(int partition, Pushes.Bagged bagged, int before) {
    if (rehearser != null) {
      for (Pushes.Removal removal : bagged.removals()) {
        if (removal.before() == before) {
          rehearser.rehearsal().forget(partition, removal.id());
        }
      }
    }
  }

  private List<OutputRecord> serialised(
      InputRecord record,
      BagBatch.Builder batch,
      Pushes.Bagged bagged,
      List<DeadLetter> deadLetters) {
    while (batch.getItemsCount() > 0) {
      try {
        return Codecs.serialise(batch.build(), maxRecordBytes).stream()
            .map(bytes -> OutputRecord.of(null, bytes))
            .toList();
      } catch (OversizedItemException e) {
        // only of records from before ids and labels had a limit, or with another one
        BaggedAnchor large = batch.getItems(e.item());
        batch.removeItems(e.item());
        if (!large.getRehearsed()) {
          deadLetters.add(dead(record, whole(large, bagged), "TOO_MANY_BYTES", e.getMessage()));
        }
      }
    }
    return List.of();
  }

  /** The anchor with its file. */
  private static Anchor whole(BaggedAnchor of, Pushes.Bagged in) {
    return Stream.concat(
            in.anchors().stream().map(item -> item.anchor().getAnchor()),
            in.held().stream().map(item -> item.anchor().getAnchor()))
        .filter(anchor -> anchor.getSourceOffset() == of.getAnchor().getSourceOffset())
        .findFirst()
        .orElseThrow();
  }

  private DeadLetter dead(
      InputRecord record, Anchor anchor, String reason, @Nullable String message) {
    return new DeadLetter(
        ImageRecords.of(imagesTopic, anchor, record.timestampMillis()),
        STAGE,
        reason,
        String.valueOf(message));
  }

  /**
   * @throws ImageRejectedException when the anchor is to be its own member and cannot be decoded
   */
  private BaggedAnchor bagged(EmbeddedAnchor anchor, Bag bag, MemberViews members, int packing)
      throws ImageRejectedException {
    BaggedAnchor.Builder bagged =
        BaggedAnchor.newBuilder()
            .setAnchor(anchor.getAnchor().toBuilder().clearEncoded().clearUri().clearUriVersion())
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
    if (needs.memberViews()) {
      MemberViews.Chosen chosen = members.fresh(anchor, bag, packing);
      member = chosen.member();
      bagged.setMemberView(chosen.view());
    } else if (needs.memberQueryViews()) {
      MemberViews.Chosen chosen = members.asAnchor(anchor, bag, packing);
      member = chosen.member();
      bagged.setMemberQueryView(chosen.view());
    }
    // an anchor without a bag is its own member: a second view of it, and its own key
    bagged.setMember(member == null ? -1 : member.rank());
    if (needs.memberKeys()) {
      bagged.setMemberKey(member == null ? anchor.getKey() : Vectors.bytes(member.key()));
    }
    if (needs.memberQueryEmbeddings()) {
      bagged.setMemberQueryEmbedding(
          member == null ? anchor.getQueryEmbedding() : Vectors.bytes(member.key()));
    }
    return bagged.build();
  }
}
