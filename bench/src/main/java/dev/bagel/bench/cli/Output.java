package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that commands write. */
final class Output {
  private Output() {}

  /** Before the work, not after it: whether a file, which may be null, can be written. */
  static void check(Path file) {
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
        throw new WrongUse("cannot write " + file + ": an existing folder and a file's name");
      }
    }
  }

  /** Writes a document as JSON. */
  static void write(Path file, Object document) throws IOException {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(file, mapper.writeValueAsString(document) + "\n");
  }
}
