package io.bagpipe.model.objective;

/**
 * What a student learns by: it makes the passes of a step, says its loss by named terms, and owns
 * what it remembers from step to step. Schedule, update, counts and the refusal of what is not
 * finite are the trainer's.
 *
 * <p>Confined to the training thread. The engine stays its maker's; whoever makes an objective
 * closes it there, before the engine. Random draws are functions of (seed, step), so that work done
 * again gives the same bits.
 */
public interface Objective extends AutoCloseable {

  /**
   * A step's place in the run.
   *
   * @param step steps done before it
   * @param anchors anchors trained before it, by all ranks
   * @param rank of the ranks that train the student together, which draw apart; 0 where there is
   *     one
   */
  record Moment(long step, long anchors, int rank) {
    /** Of a student that is trained by one process. */
    public Moment(long step, long anchors) {
      this(step, anchors, 0);
    }
  }

  /**
   * Makes the passes of one step; gradients are in the engine afterwards. What {@link #state} tells
   * may have changed as far as the definition wants it before the loss (running statistics of a
   * second encoder, keys that are among the negatives already); a step that does not come to its
   * end is undone by {@link #restore}.
   *
   * @param batch has every ingredient that the objective's provider needs, in the right shape
   */
  StepLoss passes(Passes student, AnchorBatch batch, Moment moment);

  /**
   * What is known of the next step on a batch before it is made; asked now and then. Changes
   * nothing.
   *
   * @param batch as of {@link #passes}
   */
  default Outlook outlook(AnchorBatch batch, Moment moment) {
    return Outlook.NONE;
  }

  /** The student was updated with what {@link #passes} left: keys enter the queue, and the like. */
  void updated(AnchorBatch batch);

  /** A copy of what the steps to come depend on, beside network, optimiser, counts and input. */
  ObjectiveState state();

  /**
   * Replaces the state; the steps that follow are bit for bit those of the one that gave it.
   *
   * @throws IllegalArgumentException when something is missing or has another shape
   */
  void restore(ObjectiveState state);

  @Override
  void close();
}
