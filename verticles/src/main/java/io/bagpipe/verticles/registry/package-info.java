/**
 * Which student serves, and what is known of it and of the others. {@code Students} is the state
 * machine: stages, and what a change writes; {@code PromotionRule} says which student is promoted;
 * {@code StudentsTopic} is the state as the compacted topic has it, {@code StudentFiles} what lies
 * on the disk. {@code Registry} puts them together, one writer at a time. {@code ModelCard} tells a
 * person what to know before a student is deployed. The reasons are in ADR 22.
 */
@NullMarked
package io.bagpipe.verticles.registry;

import org.jspecify.annotations.NullMarked;
