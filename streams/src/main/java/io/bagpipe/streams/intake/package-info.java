/**
 * Group consumption with bounded queues and claims on partitions: what stages and sources share.
 */
@NullMarked
package io.bagpipe.streams.intake;

import org.jspecify.annotations.NullMarked;
