@NullMarked
package io.bagpipe.model;

import org.jspecify.annotations.NullMarked;
