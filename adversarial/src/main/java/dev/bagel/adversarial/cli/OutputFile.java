package dev.bagel.adversarial.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks before the work whether its result could be written after it. */
final class OutputFile {
  private OutputFile() {}

  /** Refuses a file that cannot be written; {@code null}, no file, is fine. */
  static void check(Path file, String option) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new WrongUse(file + " is a folder", option, "name a file in it");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new WrongUse("no folder " + folder, option + " " + file, "create it first");
    }
    if (!Files.isWritable(folder)) {
      throw new WrongUse("folder " + folder + " is read-only", option + " " + file, "take another");
    }
  }

  /** The same, and refuses to overwrite what is to be read. */
  static void check(Path file, String option, String input) throws IOException {
    check(file, option);
    if (file != null && Files.exists(file) && input != null) {
      Path read = Path.of(input);
      if (Files.exists(read) && Files.isSameFile(file, read)) {
        throw new WrongUse(
            file + " is the input", option, "name another file, or the input would be lost");
      }
    }
  }

  /** Creates a folder if it is not there. */
  static void checkFolder(Path folder, String option) throws IOException {
    if (folder == null) {
      return;
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new WrongUse(folder + " is a file", option, "name a folder");
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder) && (parent == null || !Files.isDirectory(parent))) {
      throw new WrongUse("no folder " + parent, option + " " + folder, "create it first");
    }
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw new WrongUse("folder " + folder + " is read-only", option, "take another");
    }
  }
}
