package io.bagpipe.model.drift;

/**
 * The newest images are not like the reference.
 *
 * @param images that the detector has been given, the one that showed it included
 * @param window newest of them that show it
 * @param statistic squared maximum mean discrepancy between those and the reference
 * @param threshold that it exceeds
 */
public record Change(long images, int window, double statistic, double threshold) {}
