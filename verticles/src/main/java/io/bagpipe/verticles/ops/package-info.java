/**
 * The operations side: health, metrics, dashboard, HTTP ingest, downloads, control.
 *
 * <p>{@link io.bagpipe.verticles.ops.OpsVerticle} wires it; {@code events} has the words the stages
 * speak, {@code status} what is known of them now, {@code history} what was, {@code http} the
 * handlers. Everything here is confined to the verticle's event loop unless a class says otherwise.
 */
@NullMarked
package io.bagpipe.verticles.ops;

import org.jspecify.annotations.NullMarked;
