/** Architectures as data, and their named tensors. */
@NullMarked
package io.bagpipe.model.network;

import org.jspecify.annotations.NullMarked;
