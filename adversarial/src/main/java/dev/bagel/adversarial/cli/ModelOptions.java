package dev.bagel.adversarial.cli;

import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "The model: a .safetensors file as 'bagel train --save' writes it.")
  private String file;

  @Mixin private PreprocessingOptions preprocessing;

  /** A model, what its classes are called, and where it comes from. */
  record Named(Model model, List<String> classNames, String source) {
    int classes() {
      return ModelOptions.classes(model);
    }

    /** The name of class {@code k}, or its number. */
    String className(int k) {
      return k < classNames.size() ? classNames.get(k) : String.valueOf(k);
    }
  }

  String file() {
    return file;
  }

  /** Reads the model. */
  Named read() throws IOException {
    if (file == null) {
      throw new WrongUse("no model", "--model", "name a .safetensors file of 'bagel train --save'");
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new WrongUse(file + " is a folder", "--model", "name the .safetensors file in it");
    }
    if (!Files.exists(path)) {
      throw new WrongUse("no such file", "--model " + file, "check the path");
    }
    if (file.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      throw new WrongUse(
          "ONNX models cannot be read yet", "--model " + file, "use a .safetensors model");
    }
    ModelFile read = ModelFile.read(path);
    return new Named(apply(read.model()), read.classNames(), file);
  }

  /** The model with the preprocessing that was asked for. */
  Model apply(Model model) {
    return preprocessing.apply(model);
  }

  /** How many classes a model tells apart; looks at shapes alone. */
  static int classes(Model model) {
    return model.scores(Tensor.zeros(Shape.of(0).concat(model.example()))).shape().dim(1);
  }
}
