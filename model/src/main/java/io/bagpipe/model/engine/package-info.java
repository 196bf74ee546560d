/** Engines that run and train a student network. */
@NullMarked
package io.bagpipe.model.engine;

import org.jspecify.annotations.NullMarked;
