/** The bounded store of series behind the charts. */
@NullMarked
package io.bagpipe.verticles.ops.history;

import org.jspecify.annotations.NullMarked;
