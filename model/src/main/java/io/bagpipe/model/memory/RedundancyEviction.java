package io.bagpipe.model.memory;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The later one of the two that are most alike. Each image is asked for its nearest when it comes:
 * of the closest pair of all, the later one then found the earlier. An answer is asked for anew
 * when the one it names has left.
 */
final class RedundancyEviction implements Eviction {
  /** A nearest other; its id. */
  record Nearest(byte[] id, float similarity) {}

  private record Pair(Kept later, @Nullable Kept earlier, float similarity) {}

  private final Function<byte[], @Nullable Nearest> nearest;
  private final Map<ByteBuffer, Kept> kept = new HashMap<>();
  private final PriorityQueue<Pair> pairs =
      new PriorityQueue<>(
          (a, b) -> {
            int closer = Float.compare(b.similarity, a.similarity);
            return closer != 0 ? closer : Long.compare(b.later.order(), a.later.order());
          });

  /**
   * @param nearest the most similar other image in the memory, null when there is none
   */
  RedundancyEviction(Function<byte[], @Nullable Nearest> nearest) {
    this.nearest = nearest;
  }

  @Override
  public void added(Kept added) {
    kept.put(added.name(), added);
    ask(added);
  }

  private void ask(Kept of) {
    Nearest found = nearest.apply(of.id());
    pairs.add(
        found == null
            ? new Pair(of, null, Float.NEGATIVE_INFINITY)
            : new Pair(of, kept.get(Kept.name(found.id())), found.similarity()));
  }

  @Override
  public void removed(Kept removed) {
    kept.remove(removed.name());
  }

  private boolean isHere(@Nullable Kept one) {
    return one == null || one.equals(kept.get(one.name()));
  }

  @Override
  public Kept next() {
    while (true) {
      Pair closest = pairs.element();
      if (!isHere(closest.later)) {
        pairs.remove();
      } else if (!isHere(closest.earlier)) {
        pairs.remove();
        ask(closest.later);
      } else {
        Kept earlier = closest.earlier;
        return earlier != null && earlier.order() > closest.later.order() ? earlier : closest.later;
      }
    }
  }
}
