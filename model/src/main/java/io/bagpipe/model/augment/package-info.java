/** MoCo v2 views of an image, as torchvision draws them. */
@NullMarked
package io.bagpipe.model.augment;

import org.jspecify.annotations.NullMarked;
