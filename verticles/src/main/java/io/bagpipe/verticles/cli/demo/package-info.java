/** {@code bagpipe demo}, its progress, and where its data set comes from. */
@NullMarked
package io.bagpipe.verticles.cli.demo;

import org.jspecify.annotations.NullMarked;
