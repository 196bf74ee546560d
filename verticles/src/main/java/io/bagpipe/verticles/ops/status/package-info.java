/** What is known of the stages now, and what that means. */
@NullMarked
package io.bagpipe.verticles.ops.status;

import org.jspecify.annotations.NullMarked;
