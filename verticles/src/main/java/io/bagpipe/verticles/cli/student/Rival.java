package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.objective.Objectives;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a comparison trains students by: an objective, and what else is set for it.
 *
 * @param name as it was asked for, and as the table has it
 * @param objective one of {@link Objectives}
 * @param sets {@code key=value}
 */
record Rival(String name, String objective, List<String> sets) {
  /**
   * Reads {@code bingo} or {@code bingo:train.batch=128:objective.bingo.one-pass=1}.
   *
   * @throws CommandFailedException when there is no such objective, or a part is no key=value
   */
  static Rival parse(String text) {
    String[] parts = text.split(":");
    if (!Objectives.names().contains(parts[0])) {
      throw new CommandFailedException(
          "--objectives: \"%s\" is not valid; expected some of %s, each perhaps with :KEY=VALUE behind it"
              .formatted(text, String.join(", ", Objectives.names())));
    }
    List<String> sets = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].indexOf('=') < 1) {
        throw new CommandFailedException(
            "--objectives: \"%s\" is not valid; expected %s:KEY=VALUE".formatted(text, parts[0]));
      }
      sets.add(parts[i]);
    }
    return new Rival(text, parts[0], List.copyOf(sets));
  }
}
