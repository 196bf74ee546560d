/** Reading without transactions: the student's checkpointed source, and plain ranges of a log. */
@NullMarked
package io.bagpipe.streams.source;

import org.jspecify.annotations.NullMarked;
