/**
 * What a student learns by: objectives, and what they are made of.
 *
 * <p>Read {@link io.bagpipe.model.objective.Objective} first, then {@link
 * io.bagpipe.model.objective.Ingredient} (what an objective may ask of an anchor) and {@link
 * io.bagpipe.model.objective.Passes} (how it runs the student). Each objective is a package below
 * this one, found through its {@link io.bagpipe.model.objective.ObjectiveProvider}; nobody outside
 * it knows it by name. The trainer that runs one is in {@code io.bagpipe.model.train}.
 */
@NullMarked
package io.bagpipe.model.objective;

import org.jspecify.annotations.NullMarked;
