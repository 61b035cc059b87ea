package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.explain.ExplanationException;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.nn.NotFiniteException;
import dev.bagel.nn.TrainingException;
import dev.bagel.nn.data.DownloadException;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a failure looks like from outside: one line on standard error, and an exit code. */
final class Failures {
  /** Everything was done. */
  static final int DONE = 0;

  /** The work failed. */
  static final int FAILED = 1;

  /** Wrong use: the same command can never succeed. */
  static final int WRONG_USE = 2;

  private static final String TRACE = "bagel.trace";

  private Failures() {}

  /** Prints the line of {@code t} and returns its exit code. */
  static int report(Throwable t, PrintStream err) {
    err.println(oneLine("bagel: " + line(t)));
    if (Boolean.getBoolean(TRACE)) {
      t.printStackTrace(err);
    }
    err.flush();
    return code(t);
  }

  private static int code(Throwable t) {
    boolean wrongUse =
        t instanceof WrongUse
            || t instanceof ExplanationException
            || t instanceof ParameterException
            || t instanceof FormatException
            || t instanceof NoSuchFileException
            || t instanceof AccessDeniedException
            || t instanceof InvalidPathException;
    return wrongUse ? WRONG_USE : FAILED;
  }

  private static String line(Throwable t) {
    if (t instanceof ParameterException p) {
      return line(p);
    }
    if (t instanceof WrongUse
        || t instanceof FormatException
        || t instanceof DownloadException
        || t instanceof TrainingException
        || t instanceof AttackException
        || t instanceof DeviceException
        || t instanceof ExplanationException
        || t instanceof NotFiniteException) {
      return t.getMessage();
    }
    if (t instanceof NoSuchFileException e) {
      return (e.getReason() == null ? "no such file" : e.getReason())
          + ", "
          + e.getFile()
          + "; check the path";
    }
    if (t instanceof AccessDeniedException e) {
      return "access denied, " + e.getFile() + "; ask for the rights, or take another path";
    }
    if (t instanceof InvalidPathException e) {
      return "not a path, '" + e.getInput() + "'; " + e.getReason();
    }
    if (t instanceof OutOfMemoryError) {
      long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
      return "out of memory, in a heap of "
          + mebibytes
          + " MiB; take fewer examples (--first) or a smaller --batch, or give java a larger -Xmx";
    }
    if (t instanceof IOException) {
      return "reading or writing failed, " + t.getMessage() + "; check the disk and try again";
    }
    return "unexpected "
        + t.getClass().getName()
        + ", "
        + t.getMessage()
        + "; run with -D"
        + TRACE
        + "=true for the trace";
  }

  private static String line(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = e.getMessage();
    if (e instanceof MissingParameterException && message.startsWith("Expected parameter")) {
      message = "no value for " + message.substring(message.indexOf('\''));
    }
    String what = Character.toLowerCase(message.charAt(0)) + message.substring(1);
    List<String> near = e instanceof UnmatchedArgumentException u ? u.getSuggestions() : List.of();
    return what
        + ", "
        + command
        + "; "
        + (near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "? ")
        + "see '"
        + command
        + " --help'";
  }

  private static String oneLine(String s) {
    return Text.oneLine(s.replaceAll("\\s*\\R\\s*", " ").strip());
  }
}
