/**
 * Images by reference: what a record names instead of carrying it, fetched. Nothing is fetched that
 * an {@link io.bagpipe.streams.reference.AllowList} does not name, and no connection is made to an
 * address that {@link io.bagpipe.streams.reference.Networks} does not permit. Knows no Kafka.
 */
@NullMarked
package io.bagpipe.streams.reference;

import org.jspecify.annotations.NullMarked;
