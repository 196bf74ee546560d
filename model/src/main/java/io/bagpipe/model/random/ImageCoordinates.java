package io.bagpipe.model.random;

/**
 * Where an image stands in the stream: the partition and offset of its record in the {@code images}
 * topic. Every random draw for the image is a function of these, so that work done again gives the
 * same bytes.
 */
public record ImageCoordinates(int partition, long offset) {}
