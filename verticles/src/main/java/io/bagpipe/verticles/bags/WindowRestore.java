package io.bagpipe.verticles.bags;

import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.model.index.BagConfig;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.RestoreMeter;

/**
 * The rebuilding of a window from the log, as after a restart, by itself: for whoever times it.
 *
 * @param bagsTopic that tells whether anything has come of a partition yet
 */
public record WindowRestore(
    BagConfig bags,
    BagIndexVerticle.Dimensions dimensions,
    KafkaSettings kafka,
    String embeddings,
    String bagsTopic) {
  private static final long SEED = 1; // draws members, of which there are none here

  /** Rebuilds a partition's whole window and lets it go again; how many images came back. */
  public long run(int partition) throws Exception {
    Windows.Setup setup =
        new Windows.Setup(
            bags,
            SEED,
            dimensions,
            Kept.KEY,
            kafka,
            Makers.any(),
            embeddings,
            bagsTopic,
            new Windows.Waiting(0, 0),
            new RestoreMeter(),
            HeldOut.NONE);
    try (Windows windows = Windows.ofPartitions(setup)) {
      windows.open(partition, Long.MAX_VALUE);
      return windows.look(look -> look.owned().get(0).size());
    }
  }
}
