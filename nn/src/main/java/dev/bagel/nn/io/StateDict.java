package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Weights as another framework saved them: tensors by name, and nothing about what they are for.
 *
 * <pre>{@code
 * Fit fit = StateDict.read(Path.of("resnet18.safetensors")).fit(Zoo.resnet18(), Shape.of(3, 32, 32));
 * System.out.println(fit);    // what is missing, unexpected or of another shape
 * Model model = fit.model();  // if nothing is
 * }</pre>
 *
 * @param source what errors call the file
 * @param tensors by name, in order
 * @param metadata free text by key, if the file has any
 */
public record StateDict(String source, Map<String, Tensor> tensors, Map<String, String> metadata) {
  private static final int ZIP = 'P' | 'K' << 8;

  /** Takes copies of both maps. */
  public StateDict {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** Tensors without metadata. */
  public StateDict(String source, Map<String, Tensor> tensors) {
    this(source, tensors, Map.of());
  }

  /**
   * Reads a safetensors file or an .npz archive; what it begins with says which.
   *
   * @throws FormatException if it is neither, or not what its format says
   */
  public static StateDict read(Path file) throws IOException {
    if (!isZip(file)) {
      Safetensors read = Safetensors.read(file);
      return new StateDict(file.toString(), read.tensors(), read.metadata());
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Npz npz = Npz.open(file);
    for (String name : npz.names()) {
      tensors.put(name, npz.array(name).tensor());
    }
    return new StateDict(file.toString(), tensors);
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(2);
      return start.length == 2 && (start[0] | start[1] << 8) == ZIP;
    }
  }

  /**
   * The same tensors under other names, for files that no {@link Naming} knows.
   *
   * @throws IllegalArgumentException if two get the same name
   */
  public StateDict renamed(UnaryOperator<String> name) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (old, t) -> {
          if (renamed.put(name.apply(old), t) != null) {
            throw new IllegalArgumentException("two tensors are renamed to " + name.apply(old));
          }
        });
    return new StateDict(source, renamed, metadata);
  }

  /**
   * These tensors as the parameters of a network, by the naming that leaves the fewest of them
   * without one.
   *
   * @param example the shape of one input
   */
  public Fit fit(Layer net, Shape example) {
    return Fit.best(this, net, example);
  }
}
