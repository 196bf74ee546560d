/** The command line. */
@NullMarked
package io.bagpipe.verticles.cli;

import org.jspecify.annotations.NullMarked;
