package io.bagpipe.verticles.stage;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.stage.Lineage.Part;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's half of the contract with the stage before it: what that one makes records with must be
 * what this one's configuration says. Records that do not say (written by an earlier version) are
 * taken, and that is said once. Safe to use from any thread.
 */
public final class Makers {
  private static final Logger LOG = LoggerFactory.getLogger(Makers.class);

  private final Lineage own;
  private final OnOther onOther;
  private final AtomicBoolean saidUnknown = new AtomicBoolean();
  private final AtomicBoolean saidOther = new AtomicBoolean();

  /**
   * @param own what records must be made with
   */
  public Makers(Lineage own, OnOther onOther) {
    this.own = own;
    this.onOther = onOther;
  }

  /** Takes what anybody made. */
  public static Makers any() {
    return new Makers(Lineage.UNKNOWN, OnOther.REFUSE);
  }

  /**
   * Reads what made a record, before anything is done with it.
   *
   * @throws OtherMakerException when another configuration did, and that is not accepted
   */
  public Lineage check(InputRecord record, String madeBy) {
    Lineage found = Lineage.parse(madeBy);
    Set<Part> differing = own.differing(found);
    if (!differing.isEmpty()) {
      if (onOther == OnOther.REFUSE) {
        throw OtherMakerException.refused(record, found, own, differing);
      }
      if (!saidOther.getAndSet(true)) {
        LOG.warn(
            "records of {} from {} on were made with another {}, and are accepted",
            record.topic(),
            record.coordinates(),
            differing.iterator().next().keys());
      }
    } else if (found.isUnknown() && !saidUnknown.getAndSet(true)) {
      LOG.info(
          "records of {} do not say what made them, as before this version, and are taken: {}",
          record.topic(),
          record.coordinates());
    }
    return found;
  }

  /** Whether another configuration made it. */
  public boolean isOther(String madeBy) {
    return !own.differing(Lineage.parse(madeBy)).isEmpty();
  }

  /** Whether its features are of another teacher, or of other views, and belong in no window. */
  public boolean hasOtherFeatures(String madeBy) {
    return own.differing(Lineage.parse(madeBy)).stream()
        .anyMatch(part -> part != Part.VIEWS && part != Part.BAGS);
  }

  /**
   * A record turned out to be of no use here: if another configuration made it, that is no poison,
   * and must not be buried.
   *
   * @throws OtherMakerException if so
   */
  public void requireOwn(InputRecord record, String madeBy, Exception why) {
    Lineage found = Lineage.parse(madeBy);
    Set<Part> differing = own.differing(found);
    if (!differing.isEmpty()) {
      throw OtherMakerException.unusable(
          record, found, own, differing, String.valueOf(why.getMessage()));
    }
  }
}
