/** Students in the formats people use. */
@NullMarked
package io.bagpipe.model.export;

import org.jspecify.annotations.NullMarked;
