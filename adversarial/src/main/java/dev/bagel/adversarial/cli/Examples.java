package dev.bagel.adversarial.cli;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param files the name of each one's file, or none if they have no files of their own
 */
record Examples(
    Dataset data, String source, Split split, int offset, boolean labelled, List<String> files) {
  private static final double NARROW = 0.02;

  Examples {
    files = files.stream().map(Text::oneLine).toList(); // to be printed, and to be captions
  }

  /** What to call the i-th one: its file, or its number in the source. */
  String name(int i) {
    return files.isEmpty() ? String.valueOf(offset + i) : files.get(i);
  }

  /** The same for a picture's caption, with its right class. */
  String title(int i, ModelOptions.Named model) {
    return (files.isEmpty() ? "example " : "")
        + name(i)
        + (labelled ? ", in truth " + model.className(data.label(i)) : "");
  }

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
    String outside = outside(batch.x(), from, bounds);
    if (!outside.isEmpty()) {
      throw new WrongUse(
          outside, "--data " + source, "the model's inputs are in " + bounds + ": scale the data");
    }
  }

  /** Says if these, the first of the examples, do not look like inputs of the model. */
  void noteMisfit(Tensor x, Bounds bounds, Console console) {
    String misfit = outside(x, 0, bounds);
    if (misfit.isEmpty()) {
      misfit = narrow(x, bounds);
    }
    if (!misfit.isEmpty()) {
      console.note(
          misfit
              + ", --data "
              + source
              + "; the model's inputs are in "
              + bounds
              + ", so predictions may mean little");
    }
  }

  /** All values in a small part of the bounds, as of 0 … 1 for a model of 0 … 255. */
  private static String narrow(Tensor x, Bounds bounds) {
    double range = (double) bounds.high() - bounds.low();
    float high = x.maxTo(Shape.of()).item();
    float low = -x.neg().maxTo(Shape.of()).item();
    boolean narrow = Double.isFinite(range) && high > low && high - low < NARROW * range;
    return narrow ? "all values are in " + low + " … " + high : "";
  }

  /** The first value outside the bounds, in a sentence; empty if there is none. */
  private String outside(Tensor x, int from, Bounds bounds) {
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
