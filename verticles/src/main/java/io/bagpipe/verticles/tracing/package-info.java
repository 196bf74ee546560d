/**
 * OpenTelemetry spans of batches on their way through the topics; off unless an endpoint is set.
 */
@NullMarked
package io.bagpipe.verticles.tracing;

import org.jspecify.annotations.NullMarked;
