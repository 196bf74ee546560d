/**
 * {@code bagpipe bench}: options and results of the benches, which measure in {@code model.bench},
 * {@code streams.bench} and {@code verticles.bench}. Scripts that run them beside their peers are
 * in {@code tests/bench}.
 */
@NullMarked
package io.bagpipe.verticles.cli.bench;

import org.jspecify.annotations.NullMarked;
