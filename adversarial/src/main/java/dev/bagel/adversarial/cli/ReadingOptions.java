package dev.bagel.adversarial.cli;

import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How a model's file is read. */
final class ReadingOptions {
  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc",
      description = "Order of the axes of an .onnx file's input (default: found out).")
  private LayoutName layout;

  /** The words that gave them. */
  List<String> words() {
    return layout == null ? List.of() : List.of("--layout=" + layout);
  }

  /**
   * Reads a model.
   *
   * @param option what asked for the file
   */
  ModelFile read(String file, String option) throws IOException {
    if (file == null) {
      throw new WrongUse("no model", option, "name a .safetensors or an .onnx file");
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new WrongUse(file + " is a folder", option, "name a file in it");
    }
    if (!Files.exists(path)) {
      throw new WrongUse("no such file", option + " " + file, "check the path");
    }
    if (file.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return Onnx.readFile(
          path, layout == null ? Reading.PLAIN : Reading.PLAIN.with(layout.layout()));
    }
    if (layout != null) {
      throw new WrongUse("no use for it in " + file, "--layout", "it is for .onnx files");
    }
    return ModelFile.read(path);
  }
}
