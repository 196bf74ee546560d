/** The rolling exact nearest-neighbour index and the bags drawn from it. */
@NullMarked
package io.bagpipe.model.index;

import org.jspecify.annotations.NullMarked;
