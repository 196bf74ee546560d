package io.bagpipe.model.index;

import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.util.List;

/**
 * Which of a bag's neighbours becomes the member: a function of seed, anchor and bag. Immutable.
 *
 * @param choice each alike, or in proportion to similarity
 * @param seed of the draws
 */
record MemberLot(MemberChoice choice, long seed) {
  /** The rank of the member in a bag that is not empty. */
  int rank(ImageCoordinates anchor, List<Neighbour> neighbours) {
    Draw draw = Draw.of(seed, anchor, Purpose.MEMBER_CHOICE);
    if (choice == MemberChoice.SIMILARITY) {
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
}
