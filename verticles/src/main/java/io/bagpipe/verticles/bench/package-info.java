/**
 * Benches of the service: the whole pipeline, and the rebuilding of a window. Those of single parts
 * are in {@code model.bench} and {@code streams.bench}; the commands in {@code cli.bench}.
 */
@NullMarked
package io.bagpipe.verticles.bench;

import org.jspecify.annotations.NullMarked;
