package io.bagpipe.model.index;

import java.util.ArrayList;
import java.util.List;

/**
 * One query's neighbours, of one window or of several: best first; among equals those of the window
 * that was asked first, and within a window the older. Confined to one thread.
 */
final class MergedResult {
  private final int most;
  private final List<Ranked> best = new ArrayList<>();
  private long visible;

  /** A neighbour: where it lies, and how like the query it is. */
  record Ranked(BagWindow window, long ordinal, double similarity) {
    Neighbour neighbour() {
      return window.neighbour(ordinal, similarity);
    }
  }

  /**
   * @param most neighbours that are kept
   */
  MergedResult(int most) {
    this.most = most;
  }

  /**
   * Takes what a window found.
   *
   * @param except the push that is the query itself, which is not its own neighbour; -1 if it is
   *     not there
   */
  void add(BagWindow window, SearchResult found, long except) {
    visible += found.visible() - (except < 0 ? 0 : 1);
    for (int i = 0; i < found.size(); i++) {
      if (found.ordinals()[i] != except) {
        insert(new Ranked(window, found.ordinals()[i], found.similarities()[i]));
      }
    }
  }

  private void insert(Ranked entry) {
    int at = best.size();
    while (at > 0 && best.get(at - 1).similarity() < entry.similarity()) {
      at--;
    }
    if (at < most) {
      best.add(at, entry);
      if (best.size() > most) {
        best.remove(most);
      }
    }
  }

  /** Best first, at most as many as are kept. */
  List<Ranked> best() {
    return best;
  }

  /** The same, as bags have them. */
  List<Neighbour> neighbours() {
    return best.stream().map(Ranked::neighbour).toList();
  }

  /** Entries the query could see, itself aside. */
  long visible() {
    return visible;
  }
}
