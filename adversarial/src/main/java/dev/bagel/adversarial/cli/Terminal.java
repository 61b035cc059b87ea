package dev.bagel.adversarial.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Whether standard error is a terminal. The JDK does not say: its console is about standard input
 * and output, and from JDK 22 on it is there even without a terminal. So POSIX's {@code test} is
 * asked, which inherits the stream. The process that started this one may have asked already.
 */
final class Terminal {
  /** The answer of the parent process, whose stream it is. */
  static final String PROPERTY = "bagel.terminal";

  private static final int SECONDS = 5;

  private Terminal() {}

  static boolean isError() {
    String told = System.getProperty(PROPERTY);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    try {
      Process test =
          new ProcessBuilder("test", "-t", "2")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return test.waitFor(SECONDS, TimeUnit.SECONDS) && test.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program: plain lines
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
