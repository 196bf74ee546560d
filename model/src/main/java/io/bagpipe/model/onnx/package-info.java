/**
 * ONNX files, read into a graph of nodes that is checked as far as it can be without computing:
 * {@code OnnxFile} reads, {@code OnnxNetwork} is the graph. Knows no library that could run one.
 */
@NullMarked
package io.bagpipe.model.onnx;

import org.jspecify.annotations.NullMarked;
