/**
 * Comparisons of students: the service's own parts in one thread, without Kafka and HTTP, over the
 * same images in a stated order; what came of each cell of a comparison is kept, so that one that
 * was stopped goes on where it was.
 */
@NullMarked
package io.bagpipe.verticles.experiment;

import org.jspecify.annotations.NullMarked;
