package io.bagpipe.model.eval;

import org.jspecify.annotations.Nullable;

/**
 * An image that a student is asked about and never trained on.
 *
 * @param view uint8 [size, size, 3], its index view
 * @param features the teacher's, a unit vector; empty where they are not known
 * @param label for people's names of what it shows; null: it has none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier: compared by nobody
public record Probe(byte[] view, float[] features, @Nullable String label) {}
