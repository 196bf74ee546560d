/** Whether every image was trained exactly once or dead-lettered. */
@NullMarked
package io.bagpipe.verticles.audit;

import org.jspecify.annotations.NullMarked;
