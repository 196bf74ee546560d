package io.bagpipe.model.memory;

import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.random.ImageCoordinates;

/**
 * An image that is to be trained on once more.
 *
 * @param entry what was remembered of it
 * @param origin where it stood in the stream when it came
 * @param bag its neighbours in the memory, and a member of them; alone while the memory is young
 */
public record Remembered(WindowEntry entry, ImageCoordinates origin, Bag bag) {}
