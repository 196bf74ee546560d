/** Consume, compute, produce and commit in one Kafka transaction. */
@NullMarked
package io.bagpipe.streams.stage;

import org.jspecify.annotations.NullMarked;
