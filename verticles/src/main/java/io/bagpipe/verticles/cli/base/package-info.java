/**
 * What every command stands on: the options that all have, how a result is printed, how a failure
 * becomes one line and an exit code, and progress on a terminal. Knows no command.
 */
@NullMarked
package io.bagpipe.verticles.cli.base;

import org.jspecify.annotations.NullMarked;
