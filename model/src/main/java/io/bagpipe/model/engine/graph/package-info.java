/** x */
@NullMarked
package io.bagpipe.model.engine.graph;

import org.jspecify.annotations.NullMarked;
