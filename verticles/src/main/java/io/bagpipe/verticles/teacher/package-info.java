/** views to embeddings: what the frozen teacher says of each image. */
@NullMarked
package io.bagpipe.verticles.teacher;

import org.jspecify.annotations.NullMarked;
