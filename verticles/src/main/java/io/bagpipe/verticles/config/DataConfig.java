package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.text;

import java.nio.file.Path;
import java.util.List;

/** Where the state lives. */
public record DataConfig(Path dir) {
  static final Key<String> DIR =
      new Key<>(
          "data.dir",
          text("a directory", s -> !s.isBlank()),
          "~/.bagpipe",
          "All state: embedded broker, checkpoints, runs, downloaded data sets. ~ is the home"
              + " directory.");

  static final List<Key<?>> KEYS = List.of(DIR);

  static DataConfig from(Values values) {
    return new DataConfig(values.path(DIR));
  }

  /** Where a service with the embedded broker leaves the broker's address, for other commands. */
  public Path bootstrapFile() {
    return dir.resolve("bootstrap");
  }

  /** Where a running service leaves the address of its HTTP API, for other commands. */
  public Path addressFile() {
    return dir.resolve("address");
  }

  /** Where data sets are downloaded to. */
  public Path datasets() {
    return dir.resolve("datasets");
  }
}
