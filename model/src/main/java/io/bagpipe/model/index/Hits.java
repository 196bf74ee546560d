package io.bagpipe.model.index;

import java.util.ArrayList;
import java.util.List;

/**
 * What one query found, in one window or in several: best first; among equals those of the window
 * that was asked first, and within a window the older. Confined to one thread.
 */
final class Hits {
  private final int most;
  private final List<Hit> best = new ArrayList<>();
  private long visible;

  /** A push of a window, and how like the query it is. */
  record Hit(BagWindow window, long number, double similarity) {}

  /**
   * @param most hits that are kept
   */
  Hits(int most) {
    this.most = most;
  }

  /**
   * Takes what a window found.
   *
   * @param except the push that is the query itself, which is no hit; -1 if it is not there
   */
  void add(BagWindow window, Neighbourhood found, long except) {
    visible += found.visible() - (except < 0 ? 0 : 1);
    for (int i = 0; i < found.size(); i++) {
      if (found.sequences()[i] != except) {
        insert(new Hit(window, found.sequences()[i], found.similarities()[i]));
      }
    }
  }

  private void insert(Hit hit) {
    int at = best.size();
    while (at > 0 && best.get(at - 1).similarity() < hit.similarity()) {
      at--;
    }
    if (at < most) {
      best.add(at, hit);
      if (best.size() > most) {
        best.remove(most);
      }
    }
  }

  /** Best first, at most as many as are kept. */
  List<Hit> best() {
    return best;
  }

  /** Entries the query could see, itself aside. */
  long visible() {
    return visible;
  }
}
