/** The Protobuf batches of the inner topics: parsing, checking, writing, splitting. */
@NullMarked
package io.bagpipe.streams.codec;

import org.jspecify.annotations.NullMarked;
