package io.bagpipe.verticles;

import io.bagpipe.verticles.cli.BagpipeCommand;

/** Entry point of {@code ./bagpipe}. The environment is read here and nowhere else. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // what JavaCPP has to say goes to the log, not past it
    System.setProperty("org.bytedeco.javacpp.logger", "slf4j");
    System.exit(BagpipeCommand.execute(args, System.getenv()));
  }
}
