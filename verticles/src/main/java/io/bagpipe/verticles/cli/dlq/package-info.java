/**
 * {@code bagpipe dlq}: images that could not be used are listed, shown and sent again. {@code
 * DeadLetters} reads the topic; it commits nothing.
 */
@NullMarked
package io.bagpipe.verticles.cli.dlq;

import org.jspecify.annotations.NullMarked;
