package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.Outlook;
import java.util.Map;

/** SEED: the anchor's own embedding beside the queue, a sharp teacher. */
final class SeedObjective extends OneQueueObjective {
  static final String NAME = "seed";

  private final SeedLoss loss;

  SeedObjective(NegativeQueue queue, SeedLoss loss) {
    super(NAME, queue, loss::of);
    this.loss = loss;
  }

  @Override
  public Outlook outlook(AnchorBatch batch, Moment moment) {
    return new Outlook(Map.of(TERM, loss.floor(targets(batch))), Map.of());
  }
}
