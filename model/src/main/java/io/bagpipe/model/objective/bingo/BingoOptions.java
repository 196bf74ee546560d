package io.bagpipe.model.objective.bingo;

import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import java.util.List;

/**
 * Where a step departs from the paper's, to be cheaper. The standard values are the paper's.
 *
 * @param queryEvery steps of which one has a query pass; 0: none has
 * @param memberEvery steps of which one has a member pass; 0: none has
 * @param maskMembers whether a member's key is left out of its anchor's negatives
 */
record BingoOptions(int queryEvery, int memberEvery, boolean maskMembers) {
  static final ObjectiveOption QUERY_EVERY =
      new ObjectiveOption(
          "query-every",
          1,
          0,
          1000,
          "Steps of which one has a query pass: 1 all, as the paper; 0 none: the mixed view takes"
              + " its place. The loss is the mean of the passes that are made.");
  static final ObjectiveOption MEMBER_EVERY =
      new ObjectiveOption(
          "member-every",
          1,
          0,
          1000,
          "Steps of which one has a member pass: 1 all, as the paper; 2 every other; 0 none. The"
              + " loss is the mean of the passes that are made.");
  static final ObjectiveOption MASK_MEMBERS =
      new ObjectiveOption(
          "mask-members",
          0,
          0,
          1,
          "1: a member's key that is among the negatives is none of its anchor's, which costs one"
              + " more product with the queue; 0, as the paper: it is, and CE(s, kp) cannot fall"
              + " below log 2.");

  static final List<ObjectiveOption> ALL = List.of(QUERY_EVERY, MEMBER_EVERY, MASK_MEMBERS);

  /** The paper's. */
  static final BingoOptions PAPER = new BingoOptions(1, 1, false);

  static BingoOptions of(ObjectiveConfig config) {
    return new BingoOptions(
        whole(config, QUERY_EVERY), whole(config, MEMBER_EVERY), whole(config, MASK_MEMBERS) == 1);
  }

  private static int whole(ObjectiveConfig config, ObjectiveOption option) {
    double value = config.option(option);
    if (value != Math.rint(value)) {
      throw new IllegalArgumentException(
          "%s %s; valid: a whole number, %.0f to %.0f"
              .formatted(option.name(), value, option.least(), option.most()));
    }
    return (int) value;
  }

  boolean hasQuery(long step) {
    return queryEvery > 0 && step % queryEvery == 0;
  }

  boolean hasMember(long step) {
    return memberEvery > 0 && step % memberEvery == 0;
  }
}
