package dev.bagel.adversarial.cli;

import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelOptions {
  private static final int SHOWN = 20;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "The model: a .safetensors file as 'bagel train --save' writes it, or an .onnx file.")
  private String file;

  @Option(
      names = "--class-names",
      paramLabel = "FILE",
      description = "What the classes are called: a JSON array, or a line for each.")
  private Path names;

  @Mixin private ReadingOptions reading;
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

    /** The class with this name or number. */
    int classNamed(String text, String option) {
      int k =
          classNames.stream()
              .map(n -> n.toLowerCase(Locale.ROOT))
              .toList()
              .indexOf(text.toLowerCase(Locale.ROOT));
      if (k < 0 && text.matches("[0-9]{1,9}")) {
        k = Integer.parseInt(text);
      }
      if (k < 0 || k >= classes()) {
        throw new WrongUse(
            "no class '" + text + "'",
            option,
            "the model knows the classes 0 … " + (classes() - 1) + known());
      }
      return k;
    }

    private String known() {
      return classNames.isEmpty() || classNames.size() > SHOWN
          ? ""
          : ": " + String.join(", ", classNames);
    }
  }

  String file() {
    return file;
  }

  /** The name of an architecture, if one was given. */
  String arch() {
    return reading.arch();
  }

  /** That architecture. */
  Zoo.Entry architecture() {
    return reading.architecture();
  }

  /** Reads the model. */
  Named read() throws IOException {
    ModelFile read = reading.read(file, "--model");
    Model model = apply(read.model());
    return new Named(model, names == null ? read.classNames() : names(classes(model)), file);
  }

  private List<String> names(int classes) throws IOException {
    List<String> read = Json.lines(names);
    if (read.size() != classes) {
      throw new WrongUse(
          read.size() + " names",
          "--class-names " + names,
          "the model has " + classes + " classes: give a name for each");
    }
    return read;
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
