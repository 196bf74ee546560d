package io.bagpipe.model.index;

import io.bagpipe.model.random.ImageCoordinates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One partition's rolling window and the bags drawn from it: exact nearest neighbours (see {@link
 * RollingIndex} for what is seen and what is exact) among the newest pushes, and for each anchor a
 * member drawn from its bag with what training needs of it (METHOD: bag of instances; paper,
 * section 3.2; here a bag is what the window holds when its anchor arrives).
 *
 * <p>Bags are a function of the entries within the last {@code window} pushes and {@code
 * windowBytes} bytes before the anchor, of the configuration and of the seed: neither how entries
 * are grouped into calls nor a restart in between ({@link #restore} of that much of the log)
 * changes them.
 *
 * <p>An entry larger than {@code windowBytes} gets its bag but leaves the window empty behind it.
 *
 * <p>Confined to one thread; whoever makes it closes it. A call that throws {@link
 * VectorRejectedException} or IllegalArgumentException has changed nothing.
 */
public final class BagWindow implements AutoCloseable {
  private final NeighbourQuery query;
  private final int keyDimension;
  private final RollingIndex index;
  private final Ring ring;
  private final Payloads payloads;
  private final BagDraw draw;
  private boolean closed;

  /**
   * An empty window.
   *
   * @param featureDimension of the vectors that say what is alike
   * @param keyDimension of the teacher's keys; 0 where nobody asks for a member's
   * @param seed of the choice of members
   */
  public BagWindow(BagConfig config, int featureDimension, int keyDimension, long seed) {
    this.keyDimension = keyDimension;
    this.draw = new BagDraw(config, seed);
    this.query =
        new NeighbourQuery(config.neighbours(), config.minSimilarity(), config.nearDuplicate());
    Path directory = config.directory();
    ByteRing bytes =
        directory == null
            ? new MemoryByteRing(config.windowBytes())
            : new FileByteRing(config.windowBytes(), directory);
    this.index = new RollingIndex(config.window(), config.windowBytes(), featureDimension);
    this.ring = index.ring();
    this.payloads = new Payloads(ring.slots(), keyDimension, config.windowBytes(), bytes);
  }

  /** Upserts entries in order and gives each its bag, exactly as if they came one at a time. */
  public List<Bag> add(List<WindowEntry> entries) {
    return add(entries, List.of());
  }

  /**
   * Upserts entries in order and gives each its bag from this window, as before it came, and from
   * other windows as they are now, none of which is changed.
   *
   * @param others of the same dimensions; among equals their entries come after this window's, in
   *     this order
   */
  public List<Bag> add(List<WindowEntry> entries, List<BagWindow> others) {
    check(entries);
    List<Bag> bags = new ArrayList<>(entries.size());
    for (int from = 0; from < entries.size(); from += RollingIndex.BATCH) {
      List<WindowEntry> batch =
          entries.subList(from, Math.min(entries.size(), from + RollingIndex.BATCH));
      long first = ring.next();
      for (int i = 0; i < batch.size(); i++) {
        payloads.describe(ring.slot(first + i), batch.get(i));
      }
      List<SearchResult> found = index.add(ids(batch), vectors(batch), bytes(batch), query);
      List<MergedResult> results = draw.results(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        results.get(i).add(this, found.get(i), -1);
      }
      askOthers(batch, others, results);
      for (int i = 0; i < batch.size(); i++) {
        WindowEntry anchor = batch.get(i);
        bags.add(draw.of(anchor, results.get(i)));
        payloads.store(ring.slot(first + i), anchor);
      }
      releasePayloads();
    }
    return bags;
  }

  /**
   * Bags of entries that went in earlier by {@link #restore}, from the windows as they are now: of
   * anchors that had to wait for neighbours. Changes nothing but the figures.
   *
   * @param others as in {@link #add(List, List)}
   */
  public List<Bag> draw(List<WindowEntry> entries, List<BagWindow> others) {
    check(entries);
    List<BagWindow> all = new ArrayList<>(others.size() + 1);
    all.add(this);
    all.addAll(others);
    List<MergedResult> results = draw.results(entries.size());
    askOthers(entries, all, results);
    List<Bag> bags = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      bags.add(draw.of(entries.get(i), results.get(i)));
    }
    return bags;
  }

  /** Upserts entries in order without drawing bags: rebuilding from the log. */
  public void restore(List<WindowEntry> entries) {
    check(entries);
    for (int from = 0; from < entries.size(); from += RollingIndex.BATCH) {
      List<WindowEntry> batch =
          entries.subList(from, Math.min(entries.size(), from + RollingIndex.BATCH));
      long first = ring.next();
      index.restore(ids(batch), vectors(batch), bytes(batch));
      for (int i = 0; i < batch.size(); i++) {
        payloads.describe(ring.slot(first + i), batch.get(i));
        payloads.store(ring.slot(first + i), batch.get(i));
      }
      releasePayloads();
    }
  }

  /** Between two batches, when nobody draws from entries that the batch has evicted. */
  private void releasePayloads() {
    if (ring.oldest() < ring.next()) {
      payloads.releaseBefore(ring.slot(ring.oldest()));
    }
  }

  /** Takes an image out of the window; false if it is not there. */
  public boolean remove(byte[] id) {
    return ring.remove(id);
  }

  /** The bag an image in the window would get now; nothing is drawn. */
  public Optional<Bag> find(byte[] id) {
    return find(id, List.of());
  }

  /** The bag an image in the window would get now from this window and others; nothing is drawn. */
  public Optional<Bag> find(byte[] id, List<BagWindow> others) {
    long ordinal = ring.ordinal(id);
    return ordinal < 0 ? Optional.empty() : Optional.of(look(List.of(ordinal), others).get(0));
  }

  /** Bags of the newest images in the window, newest first. */
  public List<Bag> sample(int count) {
    return sample(count, List.of());
  }

  /** Bags of the newest images in this window, newest first, from this window and others. */
  public List<Bag> sample(int count, List<BagWindow> others) {
    List<Long> ordinals = new ArrayList<>();
    for (long at = ring.next() - 1; at >= ring.oldest() && ordinals.size() < count; at--) {
      if (ring.isLive(at)) {
        ordinals.add(at);
      }
    }
    return look(ordinals, others);
  }

  /** The newest images in the window with their features, newest first. */
  public List<FeaturePoint> newest(int count) {
    List<FeaturePoint> newest = new ArrayList<>();
    for (long at = ring.next() - 1; at >= ring.oldest() && newest.size() < count; at--) {
      if (ring.isLive(at)) {
        String label = payloads.label(ring.slot(at));
        newest.add(new FeaturePoint(ring.id(at), label, index.vector(at)));
      }
    }
    return newest;
  }

  /** The encoded image under an id in the window. */
  public Optional<byte[]> encoded(byte[] id) {
    long ordinal = ring.ordinal(id);
    return ordinal < 0 ? Optional.empty() : Optional.of(payloads.encoded(ring.slot(ordinal)));
  }

  /**
   * All that is held under an id.
   *
   * @param at what the entry is to say of its place
   */
  public Optional<WindowEntry> entry(byte[] id, ImageCoordinates at) {
    long ordinal = ring.ordinal(id);
    if (ordinal < 0) {
      return Optional.empty();
    }
    int slot = ring.slot(ordinal);
    return Optional.of(
        new WindowEntry(
            ring.id(ordinal),
            at,
            payloads.label(slot),
            payloads.encoded(slot),
            index.vector(ordinal),
            payloads.key(slot),
            payloads.timestamp(slot)));
  }

  /**
   * The most similar other entry, whatever bags leave out; empty when there is none. Changes
   * nothing.
   */
  public Optional<Neighbour> nearest(byte[] id) {
    long ordinal = ring.ordinal(id);
    if (ordinal < 0) {
      return Optional.empty();
    }
    float[][] vector = {index.vector(ordinal)};
    SearchResult found = index.search(vector, NeighbourQuery.nearest(2)).get(0);
    for (int i = 0; i < found.size(); i++) {
      long other = found.ordinals()[i];
      if (other != ordinal) {
        return Optional.of(neighbour(other, found.similarities()[i]));
      }
    }
    return Optional.empty();
  }

  /** Pushes in the window, holes included. */
  public long size() {
    return ring.next() - ring.oldest();
  }

  /** Entries that can be neighbours. */
  public int liveSize() {
    return ring.live();
  }

  /** Memory outside the heap that it takes now. */
  public long nativeBytes() {
    return index.bytes() + payloads.nativeBytes();
  }

  public WindowStatistics statistics() {
    return new WindowStatistics(
        size(),
        ring.live(),
        ring.payloadBytes(),
        index.bytes(),
        timestamp(ring.oldestLive()),
        timestamp(ring.newestLive()),
        ring.next(),
        ring.replaced(),
        ring.removed(),
        ring.evicted(),
        draw.meter().anchors(),
        draw.meter().alone(),
        draw.meter().meanSimilarity(),
        draw.meter().purity());
  }

  /** How vectors are scanned on this machine. */
  public ScanType scanType() {
    return index.scanType();
  }

  private long timestamp(OptionalLong ordinal) {
    return ordinal.isPresent() ? payloads.timestamp(ring.slot(ordinal.getAsLong())) : 0;
  }

  private List<Bag> look(List<Long> ordinals, List<BagWindow> others) {
    float[][] vectors = ordinals.stream().map(index::vector).toArray(float[][]::new);
    List<byte[]> ids = ordinals.stream().map(ring::id).toList();
    List<MergedResult> results = draw.results(vectors.length);
    ask(ids, vectors, results);
    others.forEach(other -> other.ask(ids, vectors, results));
    List<Bag> bags = new ArrayList<>(ordinals.size());
    for (int i = 0; i < vectors.length; i++) {
      String label = payloads.label(ring.slot(ordinals.get(i)));
      bags.add(new Bag(ids.get(i), label, results.get(i).neighbours(), null));
    }
    return bags;
  }

  private static void askOthers(
      List<WindowEntry> anchors, List<BagWindow> windows, List<MergedResult> results) {
    if (!windows.isEmpty()) {
      float[][] vectors = vectors(anchors);
      windows.forEach(window -> window.ask(ids(anchors), vectors, results));
    }
  }

  /** Adds what this window holds like each vector, but for what has the same id. */
  private void ask(List<byte[]> ids, float[][] vectors, List<MergedResult> results) {
    List<SearchResult> found = index.search(vectors, query.oneMore());
    for (int i = 0; i < vectors.length; i++) {
      results.get(i).add(this, found.get(i), ring.ordinal(ids.get(i)));
    }
  }

  /** Whether a push is still there, its file included. */
  boolean holds(long ordinal) {
    return !closed && ordinal >= ring.oldest();
  }

  /** What is said of an entry to whom it is like. */
  Neighbour neighbour(long ordinal, double similarity) {
    @Nullable String label = payloads.label(ring.slot(ordinal));
    return new Neighbour(ring.id(ordinal), (float) similarity, label);
  }

  /** All that training needs of a neighbour. */
  Member member(long ordinal, int rank, Neighbour chosen) {
    int slot = ring.slot(ordinal);
    return new Member(
        chosen.id(),
        rank,
        chosen.similarity(),
        chosen.label(),
        payloads.at(slot),
        payloads.encoded(slot),
        payloads.key(slot));
  }

  /**
   * Refuses entries that cannot stand in the window, as every call that takes some does.
   *
   * @throws VectorRejectedException when one has a vector that is none
   */
  public void check(List<WindowEntry> entries) {
    index.check(vectors(entries));
    for (int i = 0; i < entries.size(); i++) {
      if (keyDimension > 0 || entries.get(i).key().length > 0) {
        Vectors.check(entries.get(i).key(), keyDimension, i);
      }
    }
  }

  private static List<byte[]> ids(List<WindowEntry> entries) {
    return entries.stream().map(WindowEntry::id).toList();
  }

  private static float[][] vectors(List<WindowEntry> entries) {
    return entries.stream().map(WindowEntry::features).toArray(float[][]::new);
  }

  private int[] bytes(List<WindowEntry> entries) {
    return entries.stream().mapToInt(payloads::bytes).toArray();
  }

  @Override
  public void close() {
    closed = true;
    index.close();
    payloads.close();
  }
}
