@NullMarked
package io.bagpipe.streams;

import org.jspecify.annotations.NullMarked;
