/** The frozen teacher network. */
@NullMarked
package io.bagpipe.model.teacher;

import org.jspecify.annotations.NullMarked;
