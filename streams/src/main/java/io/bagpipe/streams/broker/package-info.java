/** A real Kafka broker inside this process, for one machine. */
@NullMarked
package io.bagpipe.streams.broker;

import org.jspecify.annotations.NullMarked;
