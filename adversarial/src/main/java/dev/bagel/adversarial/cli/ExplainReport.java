package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.explain.Drawing;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.FeatureMaps;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.IntegratedGradients;
import dev.bagel.adversarial.explain.ParameterRandomisation;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.adversarial.report.ExplanationSheet;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Scores;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.AtomicFile;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What explanations of some images found: pictures, a table and a document. */
final class ExplainReport {
  static final String SHEET = "explanation.svg";
  private static final String NUMBERS = "maps.npz";
  private static final int ANSWERS = 3;
  private static final int LARGE = 224; // what is smaller is shown enlarged

  private final String title;
  private final Explanation explanation;
  private final Question question;
  private final Heatmap map;
  private final ModelOptions.Named model;
  private final Examples examples;
  private final Scores scores;
  private final double[] residuals; // of integrated gradients; null otherwise

  ExplainReport(
      String title,
      Explanation explanation,
      Question question,
      Heatmap map,
      ModelOptions.Named model,
      Examples examples) {
    this.title = title;
    this.explanation = explanation;
    this.question = question;
    this.map = map;
    this.model = model;
    this.examples = examples;
    this.scores = new Scores(question.model().scores(question.x()), question.classes());
    this.residuals =
        explanation instanceof IntegratedGradients ig ? ig.residuals(question, map) : null;
  }

  /** Writes all pictures and the numbers. */
  void save(Path folder) throws IOException {
    Optional<Tensor> channels =
        explanation instanceof FeatureMaps f ? Optional.of(f.maps(question)) : Optional.empty();
    List<ExplanationSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < question.size(); i++) {
      ExplanationSheet.Row row = row(i, channels);
      rows.add(row);
      write(folder, i, "map", row.map());
      write(folder, i, "overlay", row.overlay());
    }
    byte[] svg =
        new ExplanationSheet(heading(), note(), rows).svg().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(SHEET), to -> to.write(svg));
    Map<String, NpyArray> numbers = new LinkedHashMap<>();
    numbers.put("maps", NpyArray.of(map.values()));
    numbers.put("classes", NpyArray.of(Shape.of(question.size()), question.classes()));
    Npz.write(folder.resolve(NUMBERS), numbers, Npz.Packing.STORED);
  }

  /** With all channels of a layer as tiles in the place of one map, if there are any. */
  private ExplanationSheet.Row row(int i, Optional<Tensor> channels) {
    Tensor x = question.x().rows(i).reshape(question.model().example());
    Tensor input = Drawing.input(x, question.model().bounds());
    Tensor drawn =
        channels
            .map(maps -> Drawing.grid(maps.rows(i).reshape(maps.shape().sub(1, 4))))
            .orElseGet(() -> Drawing.map(map, i, input.shape().sub(1, 3)));
    return new ExplanationSheet.Row(
        examples.title(i, model), input, drawn, Drawing.overlay(map, i, input), answers(i));
  }

  private void write(Path folder, int i, String what, Tensor picture) throws IOException {
    String name = String.format(Locale.ROOT, "%05d-%s.png", examples.offset() + i, what);
    int times = (LARGE + picture.shape().dim(2) - 1) / picture.shape().dim(2);
    PngFile.write(folder.resolve(name), Drawing.enlarged(picture, times), Bounds.UNIT);
  }

  /** The likeliest classes, and the one in question if it is not among them. */
  private List<ExplanationSheet.Answer> answers(int i) {
    double[] p = scores.probabilities(i);
    int asked = question.classes()[i];
    List<Integer> order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> Double.compare(p[b], p[a]))
            .limit(ANSWERS)
            .toList();
    List<Integer> shown = new ArrayList<>(order);
    if (!shown.contains(asked)) {
      shown.add(asked);
    }
    return shown.stream()
        .map(k -> new ExplanationSheet.Answer(model.className(k), p[k], k == asked))
        .toList();
  }

  private String note() {
    return map.signed()
        ? "Red speaks for the class in bold, blue against it. Each map is scaled to itself."
        : explanation instanceof FeatureMaps
            ? "All maps of the layer, and how strong they are together. Each is scaled to itself."
            : "Bright is where the class in bold is seen. Each map is scaled to itself.";
  }

  private String heading() {
    return title + ": " + lastPart(model.source()) + " on " + lastPart(examples.source());
  }

  private static Path lastPart(String path) {
    return Path.of(path).toAbsolutePath().normalize().getFileName();
  }

  Table table() {
    Table table = Table.of("example", "class", "prediction", "confidence", "explained", "hot");
    int[] predictions = scores.predictions();
    double[] confidences = scores.confidences();
    double[] hot = map.hotShare();
    for (int i = 0; i < question.size(); i++) {
      table.row(
          examples.name(i),
          examples.labelled() ? model.className(examples.data().label(i)) : "?",
          model.className(predictions[i]),
          Text.percent(confidences[i]),
          model.className(question.classes()[i]),
          Text.percent(hot[i]));
    }
    return table;
  }

  /** What is to be known beside the table. */
  List<String> sentences() {
    List<String> said = new ArrayList<>();
    said.add(title + "; hot: the share of places more than half as strong as the strongest");
    if (residuals != null) {
      double worst = 0;
      for (int i = 0; i < residuals.length; i++) {
        worst = Math.max(worst, Math.abs(residuals[i] / (map.sum(i) - residuals[i])));
      }
      said.add(
          "Completeness: the attributions add up to the difference of the scores within "
              + Text.percent(worst)
              + " of it; more --steps bring them nearer");
    }
    return said;
  }

  static String sanity(ParameterRandomisation.Outcome o) {
    Table table = Table.of("random down to", "correlation", "of ranks", "structure", "overlap");
    for (ParameterRandomisation.Stage s : o.stages()) {
      table.row(
          s.layer(),
          decimals(s.left().correlation()),
          decimals(s.left().rankCorrelation()),
          decimals(s.left().ssim()),
          decimals(s.left().iou()));
    }
    String mean = decimals(o.left()) + " on average, limit " + Text.number(o.limit());
    return table
        + System.lineSeparator()
        + (o.passes()
            ? "The maps depend on the weights: what is left of them correlates by " + mean + "."
            : "The maps hardly depend on the weights, so they explain little: what is left of them"
                + " correlates by "
                + mean
                + ".");
  }

  private static String decimals(double v) {
    return String.format(Locale.ROOT, "%.2f", v);
  }

  Map<String, Object> document(ParameterRandomisation.Outcome checked, Path folder, long seed) {
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "explain");
    d.put("model", model.source());
    d.put("data", examples.toMap());
    d.put("method", title);
    d.put("settings", explanation.toString());
    d.put("n", question.size());
    d.put("class_names", model.classNames());
    d.put("labels", examples.labelled() ? examples.data().labels() : null);
    d.put("predictions", scores.predictions());
    d.put("confidences", scores.confidences());
    d.put("explained", question.classes());
    d.put("hot_share", map.hotShare());
    d.put("residuals", residuals);
    d.put("sanity", checked == null ? null : sanityMap(checked));
    d.put("saved", folder);
    d.put("seed", seed);
    d.put("versions", Versions.all());
    return d;
  }

  private static Map<String, Object> sanityMap(ParameterRandomisation.Outcome o) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("passes", o.passes());
    map.put("left", o.left());
    map.put("limit", o.limit());
    List<Map<String, Object>> stages = new ArrayList<>();
    for (ParameterRandomisation.Stage s : o.stages()) {
      Map<String, Object> stage = new LinkedHashMap<>();
      stage.put("layer", s.layer());
      stage.put("correlation", s.left().correlation());
      stage.put("rank_correlation", s.left().rankCorrelation());
      stage.put("ssim", s.left().ssim());
      stage.put("iou", s.left().iou());
      stages.add(stage);
    }
    map.put("stages", stages);
    return map;
  }
}
