/** What the Kafka stages have in common: their settings and their heartbeat. */
@NullMarked
package io.bagpipe.verticles.stage;

import org.jspecify.annotations.NullMarked;
