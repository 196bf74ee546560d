/** {@code bagpipe teacher}: makes teachers of others' files, and looks at what they are worth. */
@NullMarked
package io.bagpipe.verticles.cli.teacher;

import org.jspecify.annotations.NullMarked;
