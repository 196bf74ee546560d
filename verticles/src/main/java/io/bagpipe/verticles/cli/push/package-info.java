/**
 * {@code bagpipe push}: a {@code PushFeed} says which image comes next, a {@code PushJob} sends it,
 * a {@code PushJournal} remembers what the broker has acknowledged, for {@code --resume}.
 */
@NullMarked
package io.bagpipe.verticles.cli.push;

import org.jspecify.annotations.NullMarked;
