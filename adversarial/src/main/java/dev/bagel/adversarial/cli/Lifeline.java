package dev.bagel.adversarial.cli;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends this process when the one that started it is gone, however it went: its end of the pipe that
 * is our standard input is then closed by the operating system, even after {@code kill -9}.
 */
final class Lifeline {
  private static final int KILLED = 137; // what a shell says of kill -9

  private Lifeline() {}

  /** Watches {@code pipe}, to which nobody ever writes, from a thread of its own. */
  static void hold(InputStream pipe) {
    Thread watcher = new Thread(() -> watch(pipe), "bagel-lifeline");
    watcher.setDaemon(true);
    watcher.start();
  }

  private static void watch(InputStream pipe) {
    try {
      int b = pipe.read();
      while (b >= 0) {
        b = pipe.read();
      }
    } catch (IOException e) {
      // a broken pipe is as good as a closed one
    }
    Runtime.getRuntime().halt(KILLED);
  }
}
