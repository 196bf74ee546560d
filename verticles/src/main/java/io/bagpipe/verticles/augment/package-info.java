/** images to views: decodes safely and draws the views of each image. */
@NullMarked
package io.bagpipe.verticles.augment;

import org.jspecify.annotations.NullMarked;
