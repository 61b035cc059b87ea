package dev.bagel.adversarial.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to be the only run that uses a file: a lock of the operating system on {@code
 * FILE.lock}, which ends with the process that has it, however that ends. The empty file stays.
 */
final class FileLock {
  private static final int TRIES = 30; // a run that was just killed may take a moment to go
  private static final long PAUSE = 100; // milliseconds

  private FileLock() {}

  /** What needs the right. */
  interface Work {
    void run() throws IOException;
  }

  /** Does {@code work} while holding the right; the right to {@code null} needs no lock. */
  static void holding(Path file, Work work) throws IOException {
    if (file == null) {
      work.run();
      return;
    }
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      await(channel, file);
      work.run();
    }
  }

  private static void await(FileChannel channel, Path file) throws IOException {
    try {
      for (int i = 0; i < TRIES; i++) {
        if (isTaken(channel)) {
          return;
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new WrongUse(
        "another run is using it", file.toString(), "wait for its end, or take another file");
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) { // another run in this JVM
      return false;
    }
  }
}
