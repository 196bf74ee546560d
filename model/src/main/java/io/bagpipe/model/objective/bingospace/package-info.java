/**
 * BINGO with the space similarity of CoSS (arXiv 2409.13939) beside its three terms. Published by
 * nobody. Read {@link io.bagpipe.model.objective.bingospace.SpaceTerm}.
 */
@NullMarked
package io.bagpipe.model.objective.bingospace;

import org.jspecify.annotations.NullMarked;
