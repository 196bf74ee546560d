package io.bagpipe.model.augment;

/**
 * The views of an anchor, each uint8 [size, size, 3] RGB.
 *
 * @param query augmented, for the student
 * @param key augmented independently, for the teacher's embedding; empty where nobody asked for it
 * @param index resized and centre-cropped, for the teacher's features
 * @param shorterSide of the picture that they were drawn of, pixels
 */
public record AnchorViews(byte[] query, byte[] key, byte[] index, int shorterSide) {}
