package dev.bagel.adversarial.cli;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Examples as they were chosen on the command line.
 *
 * @param data the examples
 * @param source what {@code --data} said
 * @param split which part; null if the source has none
 * @param offset the number of the first one in its source
 * @param labelled whether anybody knows the right classes; if not, all labels are 0
 */
record Examples(Dataset data, String source, Split split, int offset, boolean labelled) {
  /** Refuses examples that this model cannot take. */
  void check(Model model, int classes) {
    Shape found = data.example();
    Shape wanted = model.example();
    boolean flat = found.rank() <= 1 || wanted.rank() <= 1;
    if (!found.equals(wanted) && !(flat && found.size() == wanted.size())) {
      throw new WrongUse(
          "examples of shape " + found,
          "--data " + source,
          "the model takes " + wanted + ": give other data or another model");
    }
    for (int i = 0; i < data.size(); i++) {
      if (data.label(i) >= classes) {
        throw new WrongUse(
            "label " + data.label(i) + " of example " + (offset + i),
            "--data " + source,
            "the model knows the classes 0 … " + (classes - 1));
      }
    }
  }

  /** Refuses values outside the bounds of a model; reads some examples at a time. */
  void checkBounds(Bounds bounds) {
    for (int from = 0; from < data.size(); from += 1024) {
      int[] rows = IntStream.range(from, Math.min(data.size(), from + 1024)).toArray();
      checkBounds(data.batch(rows), from, bounds);
    }
  }

  /** Refuses values outside the bounds of a model, in a batch that holds all examples. */
  void checkBounds(Batch batch, Bounds bounds) {
    checkBounds(batch, 0, bounds);
  }

  private void checkBounds(Batch batch, int from, Bounds bounds) {
    String outside = outside(batch, from, bounds);
    if (!outside.isEmpty()) {
      throw new WrongUse(
          outside, "--data " + source, "the model's inputs are in " + bounds + ": scale the data");
    }
  }

  /** The first value outside the bounds, in a sentence; empty if there is none. */
  String outside(Batch batch, Bounds bounds) {
    return outside(batch, 0, bounds);
  }

  private String outside(Batch batch, int from, Bounds bounds) {
    Tensor x = batch.x();
    for (int i = 0; i < x.size(); i++) {
      if (!(x.get(i) >= bounds.low() && x.get(i) <= bounds.high())) {
        int example = offset + from + i / data.example().size();
        return "value " + x.get(i) + " in example " + example;
      }
    }
    return "";
  }

  /** The numbers of the examples in their source, which their randomness is drawn by. */
  int[] numbers() {
    return IntStream.range(offset, offset + data.size()).toArray();
  }

  /** For a document. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", source);
    map.put("name", data.name());
    map.put("split", split == null ? null : split.name().toLowerCase(java.util.Locale.ROOT));
    map.put("offset", offset);
    map.put("n", data.size());
    map.put("shape", data.example().toArray());
    map.put("labelled", labelled);
    return map;
  }
}
