package io.bagpipe.model.memory;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * Who leaves a memory that is too full: a function of what is in it, and of nothing else, so that a
 * memory that is read back goes on alike. Told of every change.
 */
interface Eviction {
  void added(Kept kept);

  void removed(Kept kept);

  /** Who leaves next; there is at least one. */
  Kept next();

  /** The one that this order puts last. */
  static Eviction last(Comparator<Kept> order) {
    TreeSet<Kept> sorted = new TreeSet<>(order.thenComparingLong(Kept::order));
    return new Eviction() {
      @Override
      public void added(Kept kept) {
        sorted.add(kept);
      }

      @Override
      public void removed(Kept kept) {
        sorted.remove(kept);
      }

      @Override
      public Kept next() {
        return sorted.last();
      }
    };
  }
}
