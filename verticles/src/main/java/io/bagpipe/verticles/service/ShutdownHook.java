package io.bagpipe.verticles.service;

/**
 * Makes SIGTERM and Ctrl-C stop the service cleanly and end the process with exit code 0. The JVM
 * would end with 143 and not wait for more than its hooks; so the hook does the stopping and then
 * halts.
 */
public final class ShutdownHook {
  private final Thread hook;

  private ShutdownHook(Thread hook) {
    this.hook = hook;
  }

  /** Installs a hook that does this and then ends the process. */
  public static ShutdownHook install(Runnable stop) {
    Thread hook =
        new Thread(
            () -> {
              int code = 1;
              try {
                stop.run();
                code = 0;
              } finally {
                Runtime.getRuntime().halt(code);
              }
            },
            "bagpipe-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return new ShutdownHook(hook);
  }

  /** Takes it away: the process ends another way. */
  public void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending: the hook is at work
    }
  }
}
