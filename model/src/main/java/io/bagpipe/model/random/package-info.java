/** Random draws as functions of (seed, image coordinates, purpose). */
@NullMarked
package io.bagpipe.model.random;

import org.jspecify.annotations.NullMarked;
