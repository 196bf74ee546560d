package io.bagpipe.model.bingo;

/**
 * What a step trains on; owned by the caller, not changed.
 *
 * @param size anchors
 * @param queryViews uint8 [size, side, side, 3]
 * @param memberViews uint8 [size, side, side, 3], fresh views of a member of each anchor's bag
 * @param keys [size, dimension] unit rows: the teacher's embeddings of the anchors' key views
 * @param memberKeys [size, dimension] unit rows: those of the members
 */
public record BingoBatch(
    int size, byte[] queryViews, byte[] memberViews, float[] keys, float[] memberKeys) {}
