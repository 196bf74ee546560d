package io.bagpipe.streams.stage;

import io.bagpipe.streams.record.InputRecord;
import java.util.List;

/**
 * What a stage does with its records. All calls come on the stage's one worker thread, so that
 * tensors and indexes may live there.
 *
 * <p>Anything else thrown stops the stage: a record that cannot be used is no exception, but a dead
 * letter in the output.
 */
@FunctionalInterface
public interface StageFunction {
  /**
   * @param batch records of one partition, in order, at least one
   * @return what to produce; the batch, or as much of it as was taken, is committed together with
   *     it, or neither is
   * @throws org.apache.kafka.common.errors.RetriableException for a fault that passes, of the
   *     broker or of what else is asked: the same batch comes again after a while, as long as the
   *     partition stays; so nothing may have changed that a second call does not expect
   */
  StageOutput apply(List<InputRecord> batch) throws Exception;

  /**
   * The partition is this stage's from now on, before its first record; the place to restore state.
   * May take as long as it needs: the stage stays in its group. Faults of the broker do not lead
   * here again: finished work is kept and committed later, as long as the partition stays.
   *
   * @param committedOffset everything before it is done; the first record that comes has this
   *     offset or, when transaction markers lie between, a later one
   */
  default void assigned(int partition, long committedOffset) throws Exception {}

  /** The partition is another's, or the stage stops: what is not committed will be done again. */
  default void revoked(int partition) {}
}
