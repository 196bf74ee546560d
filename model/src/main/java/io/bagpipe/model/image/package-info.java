/** Safe decoding of untrusted image files to RGB pixels. */
@NullMarked
package io.bagpipe.model.image;

import org.jspecify.annotations.NullMarked;
