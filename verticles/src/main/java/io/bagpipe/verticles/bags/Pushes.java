package io.bagpipe.verticles.bags;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One record of {@code embeddings} as a window takes it: checked as a whole, so that a record
 * changes a window or is a dead letter, and the same when the log is read again. Immutable.
 */
final class Pushes {
  /**
   * Anchors with their bags.
   *
   * @param size of the views
   * @param others how far the other partitions' windows had come
   * @param anchors in order
   */
  record Bagged(int size, Map<Integer, Long> others, List<Item> anchors) {}

  /** An anchor and its bag. */
  record Item(EmbeddedAnchor anchor, Bag bag) {}

  private final EmbeddingBatch batch;
  private final List<WindowEntry> entries;

  private Pushes(EmbeddingBatch batch, List<WindowEntry> entries) {
    this.batch = batch;
    this.entries = entries;
  }

  /**
   * Parses and checks.
   *
   * @param window of the dimensions that are valid
   * @throws VectorRejectedException when a vector cannot stand in the window
   */
  static Pushes of(InputRecord record, BagWindow window) throws PoisonRecordException {
    EmbeddingBatch batch = Codecs.parseEmbeddings(record);
    List<WindowEntry> entries = new ArrayList<>(batch.getItemsCount());
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (!item.getAnchor().getRemoved()) {
        entries.add(entry(item, record.timestampMillis()));
      }
    }
    window.check(entries);
    return new Pushes(batch, entries);
  }

  private static WindowEntry entry(EmbeddedAnchor item, long timestamp) {
    Anchor anchor = item.getAnchor();
    return new WindowEntry(
        anchor.getId().toByteArray(),
        new ImageCoordinates(anchor.getSourcePartition(), anchor.getSourceOffset()),
        anchor.hasLabel() ? anchor.getLabel() : null,
        anchor.getEncoded().toByteArray(),
        Vectors.floats(item.getFeatures()),
        Vectors.floats(item.getKey()),
        timestamp);
  }

  /** Pushes, without removals. */
  int count() {
    return entries.size();
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
    return bagged(window.draw(entries, others), positions);
  }

  private List<Bag> run(BagWindow window, Function<List<WindowEntry>, List<Bag>> take) {
    List<Bag> bags = new ArrayList<>(entries.size());
    int taken = 0;
    int to = 0;
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (item.getAnchor().getRemoved()) {
        bags.addAll(take.apply(entries.subList(taken, to)));
        taken = to;
        window.remove(item.getAnchor().getId().toByteArray());
      } else {
        to++;
      }
    }
    bags.addAll(take.apply(entries.subList(taken, to)));
    return bags;
  }

  private Bagged bagged(List<Bag> bags, Map<Integer, Long> positions) {
    List<Item> items = new ArrayList<>(bags.size());
    for (EmbeddedAnchor item : batch.getItemsList()) {
      if (!item.getAnchor().getRemoved()) {
        items.add(new Item(item, bags.get(items.size())));
      }
    }
    return new Bagged(batch.getSize(), positions, items);
  }
}
