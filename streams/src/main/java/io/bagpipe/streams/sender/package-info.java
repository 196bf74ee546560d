/** Producing images from outside the stages. */
@NullMarked
package io.bagpipe.streams.sender;

import org.jspecify.annotations.NullMarked;
