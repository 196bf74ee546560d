/** What goes in and out of a stage: plain records of bytes, owned by whoever holds them. */
@NullMarked
package io.bagpipe.streams.record;

import org.jspecify.annotations.NullMarked;
