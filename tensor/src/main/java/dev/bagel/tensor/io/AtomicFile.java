package dev.bagel.tensor.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces a file in one step: after a crash at any moment there is the old file or the new one,
 * whole.
 *
 * <p>The new content goes to {@code .NAME.PID-COUNT.tmp} in the same folder, is forced to the disk,
 * and takes the name in one atomic move; then the folder is forced, because a rename lives in the
 * folder and not in the file. If anything fails the temporary file is deleted; what a killed
 * process left behind is deleted by the next one that writes the same file.
 */
public final class AtomicFile {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private AtomicFile() {}

  /** What is to be written. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code body} to {@code target}, replacing it if it is there.
   *
   * @throws IOException of {@code body} or of the disk; {@code target} is then as it was
   */
  public static void write(Path target, Body body) throws IOException {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(target.toString(), null, "its folder does not exist");
    }
    String prefix = "." + file.getFileName() + ".";
    sweep(folder, prefix);
    Path tmp =
        folder.resolve(
            prefix + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".tmp");
    try {
      fill(tmp, body);
      Files.move(tmp, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(tmp); // there only if something failed
    }
    force(folder);
  }

  private static void fill(Path tmp, Body body) throws IOException {
    try (FileChannel channel =
            FileChannel.open(tmp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      body.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void force(Path folder) throws IOException {
    if (WINDOWS) {
      return; // a folder cannot be opened there; the file system journals renames itself
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes temporary files of this target whose process is no more. */
  private static void sweep(Path folder, String prefix) throws IOException {
    try (DirectoryStream<Path> stale =
        Files.newDirectoryStream(folder, p -> isOrphan(p.getFileName().toString(), prefix))) {
      for (Path p : stale) {
        Files.deleteIfExists(p);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static boolean isOrphan(String name, String prefix) {
    int dash = name.indexOf('-', prefix.length());
    if (!name.startsWith(prefix) || !name.endsWith(".tmp") || dash < 0) {
      return false;
    }
    String pid = name.substring(prefix.length(), dash);
    return pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }
}
