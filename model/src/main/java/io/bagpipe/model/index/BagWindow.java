package io.bagpipe.model.index;

import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
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
  private final BagConfig config;
  private final NeighbourQuery query;
  private final int keyDimension;
  private final long seed;
  private final RollingIndex index;
  private final Ring ring;
  private final Payloads payloads;
  private final BagMeter meter = new BagMeter();

  /**
   * An empty window.
   *
   * @param featureDimension of the vectors that say what is alike
   * @param keyDimension of the teacher's keys
   * @param seed of the choice of members
   */
  public BagWindow(BagConfig config, int featureDimension, int keyDimension, long seed) {
    this.config = config;
    this.keyDimension = keyDimension;
    this.seed = seed;
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
    index.check(vectors(entries));
    checkKeys(entries);
    List<Bag> bags = new ArrayList<>(entries.size());
    for (int from = 0; from < entries.size(); from += RollingIndex.BATCH) {
      List<WindowEntry> batch =
          entries.subList(from, Math.min(entries.size(), from + RollingIndex.BATCH));
      long first = ring.next();
      for (int i = 0; i < batch.size(); i++) {
        payloads.describe(ring.slot(first + i), batch.get(i));
      }
      List<Neighbourhood> found = index.add(ids(batch), vectors(batch), bytes(batch), query);
      for (int i = 0; i < batch.size(); i++) {
        WindowEntry anchor = batch.get(i);
        bags.add(draw(anchor, found.get(i)));
        payloads.store(ring.slot(first + i), anchor);
      }
    }
    return bags;
  }

  /** Upserts entries in order without drawing bags: rebuilding from the log. */
  public void restore(List<WindowEntry> entries) {
    index.check(vectors(entries));
    checkKeys(entries);
    for (int from = 0; from < entries.size(); from += RollingIndex.BATCH) {
      List<WindowEntry> batch =
          entries.subList(from, Math.min(entries.size(), from + RollingIndex.BATCH));
      long first = ring.next();
      index.restore(ids(batch), vectors(batch), bytes(batch));
      for (int i = 0; i < batch.size(); i++) {
        payloads.describe(ring.slot(first + i), batch.get(i));
        payloads.store(ring.slot(first + i), batch.get(i));
      }
    }
  }

  /** Takes an image out of the window; false if it is not there. */
  public boolean remove(byte[] id) {
    return ring.remove(id);
  }

  /** The bag an image in the window would get now; nothing is drawn. */
  public Optional<Bag> find(byte[] id) {
    long number = ring.number(id);
    return number < 0 ? Optional.empty() : Optional.of(look(List.of(number)).get(0));
  }

  /** Bags of the newest images in the window, newest first. */
  public List<Bag> sample(int count) {
    List<Long> numbers = new ArrayList<>();
    for (long at = ring.next() - 1; at >= ring.oldest() && numbers.size() < count; at--) {
      if (ring.isLive(at)) {
        numbers.add(at);
      }
    }
    return look(numbers);
  }

  /** The newest images in the window with their features, newest first. */
  public List<Sighting> newest(int count) {
    List<Sighting> newest = new ArrayList<>();
    for (long at = ring.next() - 1; at >= ring.oldest() && newest.size() < count; at--) {
      if (ring.isLive(at)) {
        String label = payloads.label(ring.slot(at));
        newest.add(new Sighting(ring.id(at), label, index.vector(at)));
      }
    }
    return newest;
  }

  /** The encoded image under an id in the window. */
  public Optional<byte[]> encoded(byte[] id) {
    long number = ring.number(id);
    return number < 0 ? Optional.empty() : Optional.of(payloads.encoded(ring.slot(number)));
  }

  /** Pushes in the window, holes included. */
  public long size() {
    return ring.next() - ring.oldest();
  }

  /** Entries that can be neighbours. */
  public int liveSize() {
    return ring.live();
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
        meter.anchors(),
        meter.alone(),
        meter.meanSimilarity(),
        meter.purity());
  }

  /** How vectors are scanned on this machine. */
  public ScanType scanType() {
    return index.scanType();
  }

  private long timestamp(OptionalLong number) {
    return number.isPresent() ? payloads.timestamp(ring.slot(number.getAsLong())) : 0;
  }

  private List<Bag> look(List<Long> numbers) {
    float[][] vectors = numbers.stream().map(index::vector).toArray(float[][]::new);
    List<Neighbourhood> found = index.search(vectors, query.oneMore());
    List<Bag> bags = new ArrayList<>(numbers.size());
    for (int i = 0; i < vectors.length; i++) {
      long number = numbers.get(i);
      List<Neighbour> others = neighbours(found.get(i), number);
      String label = payloads.label(ring.slot(number));
      bags.add(new Bag(ring.id(number), label, others, null));
    }
    return bags;
  }

  private Bag draw(WindowEntry anchor, Neighbourhood found) {
    if (found.visible() < config.minWindow()) {
      meter.add(anchor.label(), List.of());
      return new Bag(anchor.id(), anchor.label(), List.of(), null);
    }
    List<Neighbour> neighbours = neighbours(found, -1);
    meter.add(anchor.label(), neighbours);
    Member member = neighbours.isEmpty() ? null : member(anchor, neighbours, found);
    return new Bag(anchor.id(), anchor.label(), neighbours, member);
  }

  private Member member(WindowEntry anchor, List<Neighbour> neighbours, Neighbourhood found) {
    Draw draw = Draw.of(seed, anchor.at(), Purpose.MEMBER_CHOICE);
    int position = choose(draw, neighbours);
    Neighbour chosen = neighbours.get(position);
    int slot = ring.slot(found.sequences()[position]);
    return new Member(
        chosen.id(),
        position,
        chosen.similarity(),
        chosen.label(),
        payloads.encoded(slot),
        payloads.key(slot));
  }

  private int choose(Draw draw, List<Neighbour> neighbours) {
    if (config.memberChoice() == MemberChoice.SIMILARITY) {
      double total = 0;
      for (Neighbour neighbour : neighbours) {
        total += Math.max(0, neighbour.similarity());
      }
      if (total > 0) {
        double at = draw.nextDouble() * total;
        for (int i = 0; i < neighbours.size(); i++) {
          at -= Math.max(0, neighbours.get(i).similarity());
          if (at < 0) {
            return i;
          }
        }
        return 0; // rounding ate the last sliver
      }
    }
    return draw.nextInt(neighbours.size());
  }

  private List<Neighbour> neighbours(Neighbourhood found, long except) {
    List<Neighbour> neighbours = new ArrayList<>(found.size());
    for (int i = 0; i < found.size() && neighbours.size() < config.neighbours(); i++) {
      long number = found.sequences()[i];
      if (number != except) {
        @Nullable String label = payloads.label(ring.slot(number));
        neighbours.add(new Neighbour(ring.id(number), (float) found.similarities()[i], label));
      }
    }
    return List.copyOf(neighbours);
  }

  private void checkKeys(List<WindowEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      Vectors.check(entries.get(i).key(), keyDimension, i);
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
    index.close();
    payloads.close();
  }
}
