/** What was trained: {@code inspect} a checkpoint, {@code export} its student for others. */
@NullMarked
package io.bagpipe.verticles.cli.student;

import org.jspecify.annotations.NullMarked;
