/** The composition root: broker, topics, stages, in order and back. */
@NullMarked
package io.bagpipe.verticles.service;

import org.jspecify.annotations.NullMarked;
