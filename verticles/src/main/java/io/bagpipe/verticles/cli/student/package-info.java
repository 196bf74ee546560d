/**
 * What was trained: {@code inspect} a checkpoint, {@code evaluate} students, {@code export} them.
 */
@NullMarked
package io.bagpipe.verticles.cli.student;

import org.jspecify.annotations.NullMarked;
