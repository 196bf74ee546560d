/** embeddings to bags: the rolling index, and a member for each anchor. */
@NullMarked
package io.bagpipe.verticles.bags;

import org.jspecify.annotations.NullMarked;
