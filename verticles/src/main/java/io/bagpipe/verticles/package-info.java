/** The service: five verticles, wired. */
@NullMarked
package io.bagpipe.verticles;

import org.jspecify.annotations.NullMarked;
