/** Which student serves, and which is to serve: the registry, on the command line. */
@NullMarked
package io.bagpipe.verticles.cli.students;

import org.jspecify.annotations.NullMarked;
