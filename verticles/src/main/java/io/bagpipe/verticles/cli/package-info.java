/**
 * The command line: {@link io.bagpipe.verticles.cli.BagpipeCommand} gathers the commands, each
 * family of which has a room of its own. All of them stand on {@code cli.base}; none but this
 * package knows them all. A new command is a class in its family's room and one name in {@code
 * BagpipeCommand}.
 */
@NullMarked
package io.bagpipe.verticles.cli;

import org.jspecify.annotations.NullMarked;
