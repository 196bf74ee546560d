/**
 * The control plane's words: what the stages tell the operations side, and what it may ask of them.
 *
 * <p>Stages publish {@link io.bagpipe.verticles.ops.events.OpsEvent}s on the Vert.x event bus at
 * {@link io.bagpipe.verticles.ops.events.Addresses#EVENTS}; nobody answers. The operations verticle
 * asks by request and reply at the other {@link io.bagpipe.verticles.ops.events.Addresses}; where
 * nobody listens (another process runs that stage), the HTTP API answers 503 with the reason.
 *
 * <p>All messages are {@code JsonObject}s or {@code Buffer}s, so that they also cross a clustered
 * event bus. Records are immutable and may be used from any thread.
 */
@NullMarked
package io.bagpipe.verticles.ops.events;

import org.jspecify.annotations.NullMarked;
