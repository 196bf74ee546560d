package io.bagpipe.verticles.cli.base;

import io.bagpipe.verticles.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line and an exit code. */
public final class Failures {
  private Failures() {}

  /** Picocli's handler of a command line that cannot be parsed. */
  public static int invalid(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    if (args.length == 0) {
      line.usage(line.getErr());
      return ExitCode.INVALID;
    }
    String name = line.getCommandSpec().qualifiedName();
    line.getErr().println(name + ": " + oneLine(e.getMessage()) + " (see " + name + " --help)");
    return ExitCode.INVALID;
  }

  /** Picocli's handler of an exception out of a command. */
  public static int failed(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    err.println(line.getCommandSpec().qualifiedName() + ": " + describe(e));
    if (CommonOptions.of(line).verbose()) {
      e.printStackTrace(err);
    }
    err.flush();
    if (e instanceof ConfigException) {
      return ExitCode.INVALID;
    }
    return outOfMemory(e) ? ExitCode.OUT_OF_MEMORY : ExitCode.FAILED;
  }

  /** Direct or native memory; at the end of its heap the JVM does not get here. */
  private static boolean outOfMemory(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  /** One line; with the type where the message alone would say little. */
  public static String describe(Throwable e) {
    String message = e.getMessage();
    if (e instanceof UncheckedIOException && e.getCause() != null) {
      return describe(e.getCause());
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file or directory";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    boolean ours = e instanceof IOException || e.getClass().getName().startsWith("io.bagpipe.");
    String text = message == null ? "no message; -v prints the stack trace" : oneLine(message);
    return ours && message != null ? text : e.getClass().getSimpleName() + ": " + text;
  }

  /** What lies at the bottom of a chain of causes, which says more than its wrappings. */
  public static String deepest(Throwable e) {
    Throwable at = e;
    for (Throwable next = at.getCause(); next != null && next != at; next = at.getCause()) {
      at = next;
    }
    String message = oneLine(at.getMessage());
    return message.isEmpty() ? at.getClass().getSimpleName() : message;
  }

  /** A line with names of strangers in it, without what would steer a terminal. */
  public static String printable(String line) {
    return line.replaceAll("\\p{Cntrl}", "?");
  }

  private static String oneLine(@Nullable String s) {
    return s == null ? "" : s.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
