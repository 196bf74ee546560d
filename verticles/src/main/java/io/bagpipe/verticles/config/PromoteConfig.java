package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;

import java.util.List;

/** Which student serves. */
public record PromoteConfig(Rule rule, double tolerance, double gain, double rankFloor, int keep) {
  /** How a student is chosen. */
  public enum Rule {
    BETTER,
    ALWAYS,
    MANUAL
  }

  static final Key<Rule> RULE =
      new Key<>(
          "promote.rule",
          choice(Rule.class),
          "better",
          "Which student takes the serving one's place: one that evaluations say is better; the newest"
              + " (always); or whom a person promotes (manual). The first serves in any case. Without"
              + " eval.dir what it knows of the eras decides (probe.share), and without either better is"
              + " the newest.");
  static final Key<Double> TOLERANCE =
      new Key<>(
          "promote.tolerance",
          number(0, 1),
          "0.01",
          "Most that a student may be worse than the serving one on any evaluation, of 1.");
  static final Key<Double> GAIN =
      new Key<>(
          "promote.gain",
          number(0, 1),
          "0.002",
          "Least that a student must be better by than the serving one on one evaluation, of 1. 2,000"
              + " images leave an interval of about 0.015 either way.");
  static final Key<Double> RANK_FLOOR =
      new Key<>(
          "promote.rank-floor",
          number(0, 1_000_000),
          "2",
          "Least RankMe that an evaluated student must have; 0: any. Without eval.dir it is not"
              + " measured.");
  static final Key<Integer> KEEP =
      new Key<>(
          "promote.keep",
          integer(0, 10_000),
          "3",
          "Students whose files are kept, newest first, beside those of the serving one and of the one"
              + " before it.");

  static final List<Key<?>> KEYS = List.of(RULE, TOLERANCE, GAIN, RANK_FLOOR, KEEP);

  static PromoteConfig from(Values v) {
    return new PromoteConfig(
        v.get(RULE), v.get(TOLERANCE), v.get(GAIN), v.get(RANK_FLOOR), v.get(KEEP));
  }
}
