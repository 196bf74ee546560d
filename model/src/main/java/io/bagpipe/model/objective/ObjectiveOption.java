package io.bagpipe.model.objective;

/**
 * A number that one objective alone is configured by; the service makes a key {@code
 * OBJECTIVE.NAME} of it.
 *
 * @param name lower case with dashes: {@code teacher-temperature}
 * @param standard the value where nobody gives one
 * @param least valid value
 * @param most valid value
 * @param words what it means, with its unit and what the paper takes
 */
public record ObjectiveOption(
    String name, double standard, double least, double most, String words) {}
