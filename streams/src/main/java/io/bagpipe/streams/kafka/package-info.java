/** Where Kafka is, which topics Bagpipe needs there, and what can be asked of them. */
@NullMarked
package io.bagpipe.streams.kafka;

import org.jspecify.annotations.NullMarked;
