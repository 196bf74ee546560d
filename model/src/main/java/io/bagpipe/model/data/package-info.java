/**
 * Data sets on disk: IDX files, image folders, zip and tar archives, lists of files. Nothing is
 * loaded before it is asked for.
 */
@NullMarked
package io.bagpipe.model.data;

import org.jspecify.annotations.NullMarked;
