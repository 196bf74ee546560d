package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.IntakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * A stage as it is now. Counts are of committed work, since the start.
 *
 * @param bytesIn keys, values and headers of recordsIn
 * @param busyNanos time the worker spent in the stage's function
 * @param outboxRecords results that wait for their transaction
 * @param gate null for a stage without one
 * @param lastProgressMillis epoch time of the newest commit, of the start before the first
 * @param transactions committed ones
 * @param aborts failed ones
 * @param fault the last fault, null when there is none now
 */
public record StageStatus(
    String stage,
    StageState state,
    long recordsIn,
    long recordsOut,
    long deadLetters,
    long bytesIn,
    long bytesOut,
    long busyNanos,
    IntakeStatus intake,
    int outboxRecords,
    long outboxBytes,
    LagGate.@Nullable Status gate,
    long lastProgressMillis,
    long transactions,
    long aborts,
    @Nullable String fault) {}
