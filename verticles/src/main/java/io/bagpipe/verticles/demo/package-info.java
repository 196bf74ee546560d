/** The demo: the whole service on a small data set, with a report at the end. */
@NullMarked
package io.bagpipe.verticles.demo;

import org.jspecify.annotations.NullMarked;
