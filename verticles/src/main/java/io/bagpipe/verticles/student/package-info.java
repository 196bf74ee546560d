/** bags to students: the training run. */
@NullMarked
package io.bagpipe.verticles.student;

import org.jspecify.annotations.NullMarked;
