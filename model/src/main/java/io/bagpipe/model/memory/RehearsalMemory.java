package io.bagpipe.model.memory;

import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of a partition's earlier images: their files, and the teacher's features and
 * keys, so that training on one again costs no pass of the teacher. A remembered image is drawn
 * with a bag of its own, its exact nearest neighbours in the memory.
 *
 * <p>What it holds is a function of what came, in order, and of the configuration; what is drawn is
 * a function of what it holds, of the seed and of the coordinates it is drawn for. A memory that is
 * offered what another one holds, in the order in which it came in, keeps all of it and is the
 * same: no draw tells the two apart.
 *
 * <p>An id that comes again replaces what was held of it, and counts as having come in now.
 *
 * <p>Confined to one thread; whoever makes it closes it. Native memory: twice {@code bytes}, and 8
 * bytes a value of the features.
 */
public final class RehearsalMemory implements AutoCloseable {
  private static final int OVERHEAD_BYTES = 256;

  private final MemoryConfig config;
  private final BagConfig bags;
  private final int features;
  private final int key;
  private final long seed;
  private final Eviction eviction;

  /** In the order in which they came in. */
  private final List<Kept> order = new ArrayList<>();

  private final Map<ByteBuffer, Kept> byId = new HashMap<>();
  private BagWindow window;
  private long pushes;
  private long pushedBytes;
  private long bytes;
  private long came;

  /**
   * What became of an image that was offered.
   *
   * @param kept whether it is remembered now
   * @param dropped ids that are not any more
   */
  public record Change(boolean kept, List<byte[]> dropped) {}

  /**
   * An empty memory.
   *
   * @param bags how bags are drawn; its window and bytes play no part
   * @param features values of the teacher's features
   * @param key values of a key; 0 where nobody asks for a member's
   */
  public RehearsalMemory(MemoryConfig config, BagConfig bags, int features, int key, long seed) {
    this.config = config;
    this.bags =
        new BagConfig(
            2 * config.images() + 1,
            2 * config.bytes() + 1,
            bags.neighbours(),
            bags.minSimilarity(),
            bags.nearDuplicate(),
            bags.memberChoice(),
            Math.min(bags.minWindow(), config.images()),
            bags.directory());
    this.features = features;
    this.key = key;
    // the members of the window's anchors and of the memory's are drawn apart
    this.seed = Draw.of(seed, 0, Purpose.REHEARSAL).nextLong();
    this.window = empty();
    this.eviction =
        switch (config.policy()) {
          case RESERVOIR -> Eviction.last(Comparator.comparingLong(Kept::lot));
          case FIFO -> Eviction.last(Comparator.comparingLong(Kept::order).reversed());
          case MINIMUM_REDUNDANCY -> new RedundancyEviction(this::nearest);
        };
  }

  private BagWindow empty() {
    return new BagWindow(bags, features, key, seed);
  }

  private RedundancyEviction.@Nullable Nearest nearest(byte[] id) {
    return window
        .nearest(id)
        .map(found -> new RedundancyEviction.Nearest(found.id(), found.similarity()))
        .orElse(null);
  }

  /**
   * Offers an image. One that takes more than all the bytes there are is not remembered, nor is
   * what was before under its id.
   */
  public Change offer(WindowEntry entry) {
    List<byte[]> dropped = new ArrayList<>();
    if (bytesOf(entry) > config.bytes()) {
      if (forget(entry.id())) {
        dropped.add(entry.id());
      }
      return new Change(false, dropped);
    }
    add(entry);
    boolean kept = true;
    for (byte[] out : trim()) {
      if (Kept.name(out).equals(Kept.name(entry.id()))) {
        kept = false;
      } else {
        dropped.add(out);
      }
    }
    return new Change(kept, dropped);
  }

  private void add(WindowEntry entry) {
    forget(entry.id());
    long size = bytesOf(entry);
    if (pushes + 1 > 2L * config.images() || pushedBytes + size > 2 * config.bytes()) {
      makeRoom();
    }
    Kept kept = new Kept(entry.id(), entry.at(), came++, Kept.lot(seed, entry.id()), size);
    window.restore(List.of(entry));
    pushes++;
    pushedBytes += size;
    bytes += size;
    order.add(kept);
    byId.put(kept.name(), kept);
    eviction.added(kept);
  }

  /** Lets go of what is too much; the ids that left. */
  private List<byte[]> trim() {
    List<byte[]> left = new ArrayList<>();
    while (order.size() > config.images() || bytes > config.bytes()) {
      Kept out = eviction.next();
      forget(out.id());
      left.add(out.id());
    }
    return left;
  }

  /** A window that is full of what has left is filled anew with what has not. */
  private void makeRoom() {
    BagWindow old = window;
    BagWindow made = empty();
    boolean whole = false;
    try {
      for (Kept kept : order) {
        made.restore(List.of(entry(old, kept, kept.origin())));
      }
      whole = true;
    } finally {
      if (!whole) {
        made.close();
      }
    }
    window = made;
    old.close();
    pushes = order.size();
    pushedBytes = bytes;
  }

  /** Forgets an image; false when it is not remembered. */
  public boolean forget(byte[] id) {
    Kept kept = byId.remove(Kept.name(id));
    if (kept == null) {
      return false;
    }
    order.remove(place(kept));
    window.remove(id);
    bytes -= kept.bytes();
    eviction.removed(kept);
    return true;
  }

  /** By bisection: the list is in rising order. */
  private int place(Kept kept) {
    int low = 0;
    int high = order.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (order.get(middle).order() < kept.order()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Draws images, each alike and each by itself, for an anchor of the stream; none while the memory
   * is empty.
   *
   * @param at of the anchor: what is drawn, and its members, are a function of it
   */
  public List<Remembered> draw(ImageCoordinates at, int count) {
    if (order.isEmpty()) {
      return List.of();
    }
    Draw lot = Draw.of(seed, at, Purpose.REHEARSAL);
    List<Remembered> drawn = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Kept kept = order.get(lot.nextInt(order.size()));
      WindowEntry entry = entry(window, kept, at);
      drawn.add(
          new Remembered(entry, kept.origin(), window.draw(List.of(entry), List.of()).get(0)));
    }
    return drawn;
  }

  private static WindowEntry entry(BagWindow of, Kept kept, ImageCoordinates at) {
    Optional<WindowEntry> entry = of.entry(kept.id(), at);
    return entry.orElseThrow(() -> new IllegalStateException("remembered, but not in the window"));
  }

  private long bytesOf(WindowEntry entry) {
    return (long) entry.encoded().length
        + entry.id().length
        + (long) Float.BYTES * entry.key().length
        + OVERHEAD_BYTES;
  }

  /** Who is remembered, in the order in which they came in. */
  public List<byte[]> ids() {
    return order.stream().map(Kept::id).toList();
  }

  /** Images that are remembered. */
  public int size() {
    return order.size();
  }

  /** What they take of {@link MemoryConfig#bytes}. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    window.close();
  }
}
