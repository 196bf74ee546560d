/**
 * What commands share that talk to the Kafka of a running service: where it is, what is asked of it
 * before they start, and an outlet for images into a topic.
 */
@NullMarked
package io.bagpipe.verticles.cli.kafka;

import org.jspecify.annotations.NullMarked;
