/** What this machine offers a student, and what stands in its way: each finding with its cure. */
@NullMarked
package io.bagpipe.model.doctor;

import org.jspecify.annotations.NullMarked;
