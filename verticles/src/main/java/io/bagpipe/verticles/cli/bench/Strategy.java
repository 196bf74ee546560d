package io.bagpipe.verticles.cli.bench;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.config.ConfigSources;
import java.util.Arrays;
import java.util.List;

/**
 * What is done about a stream that is not shuffled.
 *
 * @param name as it was asked for, and as the table has it
 * @param memory {@code none}, or a policy
 * @param constant whether the learning rate stays where it begins; else it falls along a cosine
 * @param sets {@code key=value}
 */
record Strategy(String name, String memory, boolean constant, List<String> sets) {
  private static final String NONE = "none";
  private static final List<String> MEMORIES =
      List.of(NONE, "reservoir", "fifo", "minimum-redundancy");
  private static final String CONSTANT = "+constant";

  /** Two images that are remembered for five that come. */
  private static final String SHARE = "0.2857";

  /**
   * Reads {@code none}, {@code reservoir+constant}, {@code fifo:rehearsal.memory=1000}.
   *
   * @throws CommandFailedException when it is none
   */
  static Strategy parse(String text) {
    List<String> parts = Arrays.asList(text.split(":"));
    String first = parts.get(0);
    boolean constant = first.endsWith(CONSTANT);
    String memory = constant ? first.substring(0, first.length() - CONSTANT.length()) : first;
    List<String> sets = List.copyOf(parts.subList(1, parts.size()));
    if (!MEMORIES.contains(memory) || sets.stream().anyMatch(set -> set.indexOf('=') < 1)) {
      throw new CommandFailedException(
          "--strategies: \"%s\" is not valid; expected some of %s, each perhaps with %s and :KEY=VALUE behind it"
              .formatted(text, String.join(", ", MEMORIES), CONSTANT));
    }
    return new Strategy(text, memory, constant, sets);
  }

  /**
   * The keys that it sets over others; how much is rehearsed is the configuration's, if it says.
   */
  ConfigSources over(ConfigSources sources) {
    ConfigSources all;
    if (memory.equals(NONE)) {
      all = sources.with("rehearsal.share=0");
    } else {
      all = sources.with("rehearsal.policy=" + memory.replace('-', '_'));
      if (!sources.gives("rehearsal.share")) {
        all = all.with("rehearsal.share=" + SHARE);
      }
    }
    for (String set : sets) {
      all = all.with(set);
    }
    return constant ? all.with("train.lr-floor=" + all.load().train().optimiser().lr()) : all;
  }
}
