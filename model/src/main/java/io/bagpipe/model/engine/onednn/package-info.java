/** What oneDNN computes for a student on the CPU. */
@NullMarked
package io.bagpipe.model.engine.onednn;

import org.jspecify.annotations.NullMarked;
