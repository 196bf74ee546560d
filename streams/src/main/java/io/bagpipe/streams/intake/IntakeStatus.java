package io.bagpipe.streams.intake;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it is now.
 *
 * @param open false: full, the partitions are paused until it is down to the low marks
 * @param paused intake was stopped by whoever runs the stage
 * @param fault the last failed poll, null when the newest one went well
 * @param unclaimed partitions that are this process's and cannot be begun yet, and why; null: none
 */
public record IntakeStatus(
    int queuedRecords,
    long queuedBytes,
    boolean open,
    boolean paused,
    Set<Integer> partitions,
    @Nullable String fault,
    @Nullable String unclaimed) {}
