package dev.bagel.nn.io;

import dev.bagel.autodiff.Cell;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A whole model in a file: safetensors whose metadata hold the architecture, what inputs are, and
 * words about where the model comes from.
 *
 * <pre>{@code
 * ModelFile.of(model).withClassNames(names).write(Path.of("mnist.safetensors"));
 * Model model = ModelFile.read(Path.of("mnist.safetensors")).model();
 * }</pre>
 *
 * <p>Other programs read the weights of such a file like any other. What is read is the model that
 * was written, bit for bit, or nothing: every name and every shape is the architecture's, every
 * number is finite, and the network takes an input of the shape that the file gives.
 *
 * @param info free text by key: whatever the file's metadata have besides the model
 */
public record ModelFile(Model model, Map<String, String> info) {
  private static final String CLASSES = "classes";

  /**
   * Takes a copy of {@code info}.
   *
   * @throws IllegalArgumentException for a key that this format uses itself
   */
  public ModelFile {
    info = Collections.unmodifiableMap(new LinkedHashMap<>(info));
    for (String key : info.keySet()) {
      if (key.startsWith(ModelMetadata.PREFIX)) {
        throw new IllegalArgumentException(
            "info '" + key + "': keys that begin with " + ModelMetadata.PREFIX + " are taken");
      }
    }
  }

  /** A model without words. */
  public static ModelFile of(Model model) {
    return new ModelFile(model, Map.of());
  }

  /**
   * A model that was read from a file of another kind, with that file's metadata: words, and the
   * bounds if it has them.
   */
  public static ModelFile of(Model model, Map<String, String> metadata, String source)
      throws FormatException {
    Map<String, String> info = new LinkedHashMap<>(metadata);
    info.keySet().removeIf(key -> key.startsWith(ModelMetadata.PREFIX));
    boolean bounded = ModelMetadata.hasBounds(metadata);
    return new ModelFile(
        bounded ? model.with(ModelMetadata.bounds(metadata, source)) : model, info);
  }

  /** Whether these are the metadata of a whole model, and not of weights alone. */
  public static boolean describes(Map<String, String> metadata) {
    return ModelMetadata.isIn(metadata);
  }

  /** The metadata of a file of another kind: the words, and the bounds. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(info);
    metadata.putAll(ModelMetadata.ofBounds(model.bounds()));
    return metadata;
  }

  /** The names of the classes, in order; none if the file does not say. */
  public List<String> classNames() {
    return info.containsKey(CLASSES) ? List.of(info.get(CLASSES).split("\n", -1)) : List.of();
  }

  /** The same with these names of the classes, kept in {@code info} as lines. */
  public ModelFile withClassNames(List<String> names) {
    if (names.isEmpty() || names.stream().anyMatch(name -> name.indexOf('\n') >= 0)) {
      throw new IllegalArgumentException("class names " + names + ": some, of one line each");
    }
    return with(CLASSES, String.join("\n", names));
  }

  /** The same with one more word. */
  public ModelFile with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(info);
    more.put(key, value);
    return new ModelFile(model, more);
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no model file, or its parts do not fit together
   */
  public static ModelFile read(Path file) throws IOException {
    return of(Safetensors.read(file), file.toString());
  }

  /**
   * Reads what {@link #toBytes} wrote; errors name it {@code source}.
   *
   * @throws FormatException if it is no model file, or its parts do not fit together
   */
  public static ModelFile read(byte[] bytes, String source) throws FormatException {
    return of(Safetensors.read(bytes, source), source);
  }

  /** Writes a model without words. */
  public static void write(Model model, Path file) throws IOException {
    of(model).write(file);
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @throws IllegalArgumentException if the model could not be read again: it has a layer that
   *     files cannot hold, parameters that are not those of its layers, or a number that is not
   *     finite
   */
  public void write(Path file) throws IOException {
    toSafetensors().write(file);
  }

  /** The content of a file. */
  public byte[] toBytes() {
    return toSafetensors().toBytes();
  }

  private Safetensors toSafetensors() {
    Map<String, String> metadata = new LinkedHashMap<>(info);
    metadata.putAll(ModelMetadata.of(model).toMap());
    Safetensors file = new Safetensors(model.params().all(), metadata);
    try {
      of(file, "this model");
    } catch (FormatException e) {
      throw new IllegalArgumentException(
          "a model that could not be read again: " + e.getMessage(), e);
    }
    return file;
  }

  private static ModelFile of(Safetensors file, String source) throws FormatException {
    ModelMetadata m = ModelMetadata.parse(file.metadata(), source);
    Map<String, String> info = new LinkedHashMap<>(file.metadata());
    info.keySet().removeIf(key -> key.startsWith(ModelMetadata.PREFIX));
    ParameterShapes shapes = shapes(m, source);
    Fit fit = Fit.exact(new StateDict(source, file.tensors()), m.net(), shapes, m.example());
    if (fit.flaw().isPresent()) {
      throw FormatException.of(
          source,
          "the tensors",
          "not those of the architecture: " + fit.flaw().get(),
          "write the file again, or read its tensors with Safetensors");
    }
    Model model =
        Model.of(m.net(), shapes.params(file.tensors()), m.example())
            .with(m.bounds())
            .with(m.preprocessing());
    check(model, source);
    return new ModelFile(model, info);
  }

  private static ParameterShapes shapes(ModelMetadata m, String source) throws FormatException {
    try {
      return ParameterShapes.of(m.net());
    } catch (ShapeException e) {
      throw FormatException.of(
              source, "the architecture", e.getMessage(), "no network has such a layer")
          .because(e);
    }
  }

  /** Traces the network, which computes shapes and no numbers. */
  private static void check(Model model, String source) throws FormatException {
    try {
      model.logits(Cell.of("x", Shape.of(1).concat(model.example())).var());
    } catch (RuntimeException e) { // any, because a file chose every number that led here
      throw FormatException.of(
              source,
              "the architecture",
              "it takes no input " + model.example() + ": " + e.getMessage(),
              "write the file again")
          .because(e);
    }
  }
}
