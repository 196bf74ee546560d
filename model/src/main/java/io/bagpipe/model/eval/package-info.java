/** Evaluation of features, with and without labels. */
@NullMarked
package io.bagpipe.model.eval;

import org.jspecify.annotations.NullMarked;
