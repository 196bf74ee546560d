/**
 * The safetensors format, as its own library writes and reads it: named, typed arrays and free
 * strings. Read it from {@link io.bagpipe.model.safetensors.SafetensorsFile} (what a file is, and
 * that it is not trusted) to {@link io.bagpipe.model.safetensors.SafetensorsWriter}. Values go
 * through a buffer of some hundred kilobytes both ways; there is no second copy of a tensor.
 * Nothing here knows what the tensors mean: exported students and checkpoints both are such files.
 */
@NullMarked
package io.bagpipe.model.safetensors;

import org.jspecify.annotations.NullMarked;
