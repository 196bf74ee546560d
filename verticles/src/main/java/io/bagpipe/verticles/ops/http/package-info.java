/** HTTP handlers, one small class each; confined to the event loop of the operations verticle. */
@NullMarked
package io.bagpipe.verticles.ops.http;

import org.jspecify.annotations.NullMarked;
