package dev.bagel.adversarial.cli;

import dev.bagel.nn.Model;
import dev.bagel.nn.io.Architecture;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.onnx.Onnx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Where a model is written: what the name ends with says how. */
final class ModelOutput {
  private ModelOutput() {}

  private static boolean isOnnx(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  /** Refuses a model that such a file cannot hold, before the work; {@code null} is no file. */
  static void check(Path file, String option, Model model) {
    if (file == null) {
      return;
    }
    if (model.net() instanceof Layer.Custom && !isOnnx(file)) {
      throw new WrongUse(
          "the model of an .onnx file", option + " " + file, "name an .onnx file to hold it");
    }
    try {
      if (isOnnx(file)) {
        Onnx.toBytes(ModelFile.of(model));
      } else {
        Architecture.text(model.net());
      }
    } catch (IllegalArgumentException e) {
      throw new WrongUse(
          String.valueOf(e.getMessage()), option + " " + file, "such a file cannot hold it");
    }
  }

  static void write(ModelFile model, Path file) throws IOException {
    if (isOnnx(file)) {
      Onnx.write(model, file);
    } else {
      model.write(file);
    }
  }
}
