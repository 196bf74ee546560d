package io.bagpipe.verticles.bags;

import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.VectorRejectedException;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.random.ImageCoordinates;
import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.codec.PoisonRecordException;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.Anchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.stage.OtherMakerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One record of {@code embeddings} as a window takes it: checked as a whole, so that a record
 * changes a window or is a dead letter, and the same when the log is read again. Immutable.
 *
 * <p>A record whose features are of another teacher never goes into a window, nor is it compared
 * with one: where it is accepted, its anchors are their own members.
 */
final class Pushes {
  /**
   * Anchors with their bags.
   *
   * @param size of the views
   * @param packing of the views that it has, and of those that are to stand beside them
   * @param madeBy what made the record
   * @param foreign whether its features are of another teacher
   * @param pushed when, milliseconds since 1970
   * @param others how far the other partitions' windows had come
   * @param anchors in order
   * @param removals in order
   * @param held images that are held out, in order
   */
  record Bagged(
      int size,
      int packing,
      String madeBy,
      boolean foreign,
      long pushed,
      Map<Integer, Long> others,
      List<Item> anchors,
      List<Removal> removals,
      List<Held> held) {}

  /**
   * An image that is held out: in no window, in no bag.
   *
   * @param before which of the anchors it came; after all of them, where that is their number
   */
  record Held(EmbeddedAnchor anchor, int before) {}

  /**
   * An image that was taken back.
   *
   * @param before which of the anchors: after all of them, where that is their number
   */
  record Removal(byte[] id, int before) {}

  /** An anchor and its bag. */
  record Item(EmbeddedAnchor anchor, Bag bag) {}

  private final EmbeddingBatch batch;
  private final HeldOut heldOut;
  private final List<WindowEntry> entries;
  private final boolean foreign;
  private final long pushed;

  private Pushes(
      EmbeddingBatch batch,
      HeldOut heldOut,
      List<WindowEntry> entries,
      boolean foreign,
      long pushed) {
    this.pushed = pushed;
    this.heldOut = heldOut;
    this.batch = batch;
    this.entries = entries;
    this.foreign = foreign;
  }

  /**
   * Parses and checks a record that is to get bags.
   *
   * @param window of the dimensions that are valid
   * @param setup of all windows
   * @throws VectorRejectedException when a vector cannot stand in the window
   * @throws OtherMakerException when another configuration made it, and that is not accepted
   */
  static Pushes of(InputRecord record, BagWindow window, Windows.Setup setup)
      throws PoisonRecordException {
    EmbeddingBatch batch = Codecs.parseEmbeddings(record);
    setup.makers().check(record, batch.getMadeBy());
    return checked(record, batch, window, setup);
  }

  /** The same of a record that got its bags before, whoever made it. */
  static Pushes again(InputRecord record, BagWindow window, Windows.Setup setup)
      throws PoisonRecordException {
    return checked(record, Codecs.parseEmbeddings(record), window, setup);
  }

  private static Pushes checked(
      InputRecord record, EmbeddingBatch batch, BagWindow window, Windows.Setup setup) {
    List<WindowEntry> entries = new ArrayList<>(batch.getItemsCount());
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (!item.getAnchor().getRemoved() && !isHeld(item, setup.heldOut())) {
        entries.add(entry(item, setup.kept(), record.timestampMillis()));
      }
    }
    boolean foreign = setup.makers().hasOtherFeatures(batch.getMadeBy());
    if (!foreign) {
      window.check(entries);
    }
    return new Pushes(batch, setup.heldOut(), entries, foreign, record.timestampMillis());
  }

  private static boolean isHeld(EmbeddedAnchor item, HeldOut heldOut) {
    return heldOut.isAny() && heldOut.has(item.getAnchor().getId().toByteArray());
  }

  /** An image as windows and memories take it. */
  static WindowEntry entry(EmbeddedAnchor item, Kept kept, long timestamp) {
    Anchor anchor = item.getAnchor();
    return new WindowEntry(
        anchor.getId().toByteArray(),
        new ImageCoordinates(anchor.getSourcePartition(), anchor.getSourceOffset()),
        anchor.hasLabel() ? anchor.getLabel() : null,
        anchor.getEncoded().toByteArray(),
        Vectors.floats(item.getFeatures()),
        Vectors.floats(kept.of(item)),
        timestamp);
  }

  /** Pushes, without removals and what is held out. */
  int count() {
    return entries.size();
  }

  /** Pushes that go into the window. */
  int windowed() {
    return foreign ? 0 : entries.size();
  }

  /** Whether its features are of another teacher. */
  boolean isForeign() {
    return foreign;
  }

  /** Upserts and removes in order; bags of what was upserted. */
  Bagged add(BagWindow window, List<BagWindow> others, Map<Integer, Long> positions) {
    return bagged(run(window, entries -> window.add(entries, others)), positions);
  }

  /** Upserts and removes in order, without bags. */
  void restore(BagWindow window) {
    run(
        window,
        run -> {
          window.restore(run);
          return List.of();
        });
  }

  /** Bags of what was restored before. */
  Bagged draw(BagWindow window, List<BagWindow> others, Map<Integer, Long> positions) {
    return bagged(foreign ? alone(entries) : window.draw(entries, others), positions);
  }

  private List<Bag> run(BagWindow window, Function<List<WindowEntry>, List<Bag>> windowed) {
    Function<List<WindowEntry>, List<Bag>> take = foreign ? Pushes::alone : windowed;
    List<Bag> bags = new ArrayList<>(entries.size());
    int taken = 0;
    int to = 0;
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (item.getAnchor().getRemoved()) {
        bags.addAll(take.apply(entries.subList(taken, to)));
        taken = to;
        window.remove(item.getAnchor().getId().toByteArray());
      } else if (!isHeld(item, heldOut)) {
        to++;
      }
    }
    bags.addAll(take.apply(entries.subList(taken, to)));
    return bags;
  }

  private static List<Bag> alone(List<WindowEntry> entries) {
    return entries.stream()
        .map(entry -> new Bag(entry.id(), entry.label(), List.of(), null))
        .toList();
  }

  private Bagged bagged(List<Bag> bags, Map<Integer, Long> positions) {
    List<Item> items = new ArrayList<>(bags.size());
    List<Removal> removals = new ArrayList<>();
    List<Held> held = new ArrayList<>();
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (item.getAnchor().getRemoved()) {
        removals.add(new Removal(item.getAnchor().getId().toByteArray(), items.size()));
      } else if (isHeld(item, heldOut)) {
        held.add(new Held(item, items.size()));
      } else {
        items.add(new Item(item, bags.get(items.size())));
      }
    }
    return new Bagged(
        batch.getSize(),
        batch.getPacking(),
        batch.getMadeBy(),
        foreign,
        pushed,
        positions,
        items,
        removals,
        held);
  }
}
