package io.bagpipe.model.index;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An anchor and its nearest neighbours.
 *
 * @param id the anchor's key
 * @param label the anchor's true class where known
 * @param neighbours best first, at most k, never under the anchor's own key; empty while the window
 *     is too young or nothing is similar enough
 * @param member drawn from the neighbours; null if there are none, or if the bag was only looked at
 * @param others any of the neighbours as a member, should the one that was drawn be of no use
 */
public record Bag(
    byte[] id,
    @Nullable String label,
    List<Neighbour> neighbours,
    @Nullable Member member,
    Others others) {

  /** A bag whose neighbours, if any, cannot be had as members. */
  public Bag(
      byte[] id, @Nullable String label, List<Neighbour> neighbours, @Nullable Member member) {
    this(id, label, neighbours, member, rank -> Optional.empty());
  }

  /** Neighbours as members. Confined as the windows are that they lie in. */
  @FunctionalInterface
  public interface Others {
    /**
     * The neighbour at a rank; empty once its window has let go of it, which is a function of what
     * went into that window since.
     */
    Optional<Member> member(int rank);
  }
}
