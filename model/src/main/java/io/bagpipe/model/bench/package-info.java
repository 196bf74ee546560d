/** Measurements of the model's parts, with the fields of their Python peers. */
@NullMarked
package io.bagpipe.model.bench;

import org.jspecify.annotations.NullMarked;
