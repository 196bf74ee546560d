/** Data sets on disk: IDX files and image folders. */
@NullMarked
package io.bagpipe.model.data;

import org.jspecify.annotations.NullMarked;
