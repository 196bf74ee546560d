/** x */
@NullMarked
package io.bagpipe.model.engine.nd4j;

import org.jspecify.annotations.NullMarked;
