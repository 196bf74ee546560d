package io.bagpipe.model.index;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes bags of what windows found, and draws a member of each. Confined to its window's thread.
 */
final class BagDraw {
  private final BagConfig config;
  private final MemberLot lot;
  private final BagMeter meter = new BagMeter();

  /**
   * @param seed of the choice of members
   */
  BagDraw(BagConfig config, long seed) {
    this.config = config;
    this.lot = new MemberLot(config.memberChoice(), seed);
  }

  /** Of what was drawn. */
  BagMeter meter() {
    return meter;
  }

  /** What is to be filled for so many queries. */
  List<MergedResult> results(int count) {
    return Stream.generate(() -> new MergedResult(config.neighbours())).limit(count).toList();
  }

  /** An anchor's bag, with the member that was drawn of it. */
  Bag of(WindowEntry anchor, MergedResult result) {
    if (result.visible() < config.minWindow()) {
      meter.add(anchor.label(), List.of());
      return new Bag(anchor.id(), anchor.label(), List.of(), null);
    }
    List<Neighbour> neighbours = result.neighbours();
    meter.add(anchor.label(), neighbours);
    if (neighbours.isEmpty()) {
      return new Bag(anchor.id(), anchor.label(), neighbours, null);
    }
    Member member = member(lot.rank(anchor.at(), neighbours), neighbours, result);
    return new Bag(
        anchor.id(), anchor.label(), neighbours, member, rank -> kept(rank, neighbours, result));
  }

  private static Optional<Member> kept(int rank, List<Neighbour> neighbours, MergedResult result) {
    MergedResult.Ranked entry = result.best().get(rank);
    return entry.window().holds(entry.ordinal())
        ? Optional.of(member(rank, neighbours, result))
        : Optional.empty();
  }

  private static Member member(int rank, List<Neighbour> neighbours, MergedResult result) {
    MergedResult.Ranked entry = result.best().get(rank);
    return entry.window().member(entry.ordinal(), rank, neighbours.get(rank));
  }
}
