/**
 * Students in the formats people use: safetensors under torchvision's names (in and out), ONNX with
 * the same contract as a teacher's file.
 */
@NullMarked
package io.bagpipe.model.export;

import org.jspecify.annotations.NullMarked;
