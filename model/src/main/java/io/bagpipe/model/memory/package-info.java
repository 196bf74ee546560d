/**
 * What a student is to be reminded of: a bounded memory of earlier images, with the teacher's word
 * on each. Read {@link io.bagpipe.model.memory.RehearsalMemory} first; who leaves a full memory is
 * an {@link io.bagpipe.model.memory.Eviction}'s choice.
 */
@NullMarked
package io.bagpipe.model.memory;

import org.jspecify.annotations.NullMarked;
