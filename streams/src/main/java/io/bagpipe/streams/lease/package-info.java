/**
 * Who may act, decided by the log. A {@link io.bagpipe.streams.lease.Lease} has one holder among
 * all processes that want it. Read {@code Lease} first: it is the protocol; {@code LeaseLog} is the
 * three things that it asks of Kafka (look, fence, write), {@code LeaseState} what stands in the
 * log. The reasons are in ADR 8.
 */
@NullMarked
package io.bagpipe.streams.lease;

import org.jspecify.annotations.NullMarked;
