package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.explain.Drawing;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.FeatureMaps;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.adversarial.report.ExplanationSheet.Answer;
import dev.bagel.adversarial.report.ExplanationSheet.Row;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The maps of some inputs as PNG files, and as rows of a sheet.
 *
 * @param folder where the files go
 */
record ExplainPictures(
    Explanation explanation, ModelOptions.Named model, Examples examples, Path folder) {
  private static final int LARGE = 224; // what is smaller is enlarged

  /**
   * Writes a map and an overlay for each input.
   *
   * @param kind what comes before their names, such as "changed-"
   * @param caption what comes after the name of an example
   */
  List<Row> write(Explained e, String kind, String caption) throws IOException {
    Optional<Tensor> channels =
        explanation instanceof FeatureMaps f ? Optional.of(f.maps(e.question())) : Optional.empty();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < e.question().size(); i++) {
      Tensor x = e.question().x().rows(i).reshape(model.model().example());
      Tensor input = Drawing.input(x, model.model().bounds());
      Tensor map = map(e, i, input, channels);
      Tensor overlay = Drawing.overlay(e.map(), i, input);
      write(i, kind + "map", map);
      write(i, kind + "overlay", overlay);
      rows.add(new Row(examples.title(i, model) + caption, input, map, overlay, answers(e, i)));
    }
    return rows;
  }

  /** All channels of a layer as tiles in the place of one map, if they were asked for. */
  private static Tensor map(Explained e, int i, Tensor input, Optional<Tensor> channels) {
    return channels
        .map(all -> Drawing.grid(all.rows(i).reshape(all.shape().sub(1, 4))))
        .orElseGet(() -> Drawing.map(e.map(), i, input.shape().sub(1, 3)));
  }

  private void write(int i, String what, Tensor picture) throws IOException {
    int width = picture.shape().dim(2);
    Tensor large = Drawing.enlarged(picture, (LARGE + width - 1) / width);
    String name = String.format(Locale.ROOT, "%05d-%s.png", examples.offset() + i, what);
    PngFile.write(folder.resolve(name), large, Bounds.UNIT);
  }

  private List<Answer> answers(Explained e, int i) {
    double[] p = e.scores().probabilities(i);
    int asked = e.question().classes()[i];
    return e.classes(i).stream()
        .map(k -> new Answer(model.className(k), p[k], k == asked))
        .toList();
  }

  /** How to read the sheet, in a line. */
  static String note(Explanation explanation, Explained e) {
    return e.map().signed()
        ? "Red speaks for the class in bold, blue against it. Each map is scaled to itself."
        : explanation instanceof FeatureMaps
            ? "All maps of the layer, and how strong they are together. Each is scaled to itself."
            : "Bright is where the class in bold is seen. Each map is scaled to itself.";
  }
}
