package dev.bagel.adversarial.cli;

import dev.bagel.nn.io.Fit;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.io.StateDict;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import dev.bagel.nn.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** How a model's file is read. */
final class ReadingOptions {
  @Option(
      names = "--arch",
      paramLabel = "NAME",
      description =
          "The architecture of a .safetensors or .npz file that holds weights alone, of PyTorch or"
              + " Keras say; 'bagel train --arch help' lists them.")
  private String arch;

  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc",
      description = "Order of the axes of an .onnx file's input (default: found out).")
  private LayoutName layout;

  String arch() {
    return arch;
  }

  /** The architecture that was named. */
  Zoo.Entry architecture() {
    return Zoo.named(arch)
        .orElseThrow(
            () ->
                new WrongUse(
                    "unknown architecture '" + arch + "'",
                    "--arch",
                    "one of "
                        + String.join(", ", Zoo.all().stream().map(Zoo.Entry::name).toList())));
  }

  /** The words that gave them. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (arch != null) {
      words.add("--arch=" + arch);
    }
    if (layout != null) {
      words.add("--layout=" + layout);
    }
    return words;
  }

  /**
   * Reads a model.
   *
   * @param option what asked for the file
   */
  ModelFile read(String file, String option) throws IOException {
    return read(file, option, fit -> {});
  }

  /**
   * The same.
   *
   * @param report hears how weights fit their architecture, before it is refused that they do not
   */
  ModelFile read(String file, String option, Consumer<Fit> report) throws IOException {
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
    String name = file.toLowerCase(Locale.ROOT);
    if (name.endsWith(".onnx")) {
      refuse(arch, "--arch", file, "a file that holds weights alone");
      return Onnx.readFile(
          path, layout == null ? Reading.PLAIN : Reading.PLAIN.with(layout.layout()));
    }
    refuse(layout, "--layout", file, ".onnx files");
    if (arch == null && name.endsWith(".npz")) {
      throw new WrongUse("weights without an architecture", option + " " + file, "add --arch NAME");
    }
    if (arch == null) {
      return ModelFile.read(path);
    }
    Fit fit = fit(path);
    report.accept(fit);
    return ModelFile.of(fit.model());
  }

  private Fit fit(Path file) throws IOException {
    Zoo.Entry entry = architecture();
    StateDict weights = StateDict.read(file);
    if (ModelFile.describes(weights.metadata())) {
      refuse(arch, "--arch", file.toString(), "a file that holds weights alone");
    }
    return weights.fit(entry.net(), entry.example());
  }

  private static void refuse(Object value, String option, String file, String what) {
    if (value != null) {
      throw new WrongUse("no use for it in " + file, option, "it is for " + what);
    }
  }
}
