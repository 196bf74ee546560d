package io.bagpipe.verticles.ops.history;

/**
 * Values at a time; NaN where there is none.
 *
 * @param at epoch milliseconds
 * @param values one for each field of the series; not to be changed
 */
record Point(long at, double[] values) {}
