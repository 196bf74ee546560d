/** What the transport costs, measured beside plain Kafka clients. */
@NullMarked
package io.bagpipe.streams.bench;

import org.jspecify.annotations.NullMarked;
