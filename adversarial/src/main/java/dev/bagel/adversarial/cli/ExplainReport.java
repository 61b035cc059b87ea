package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.explain.Agreement;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.ParameterRandomisation;
import dev.bagel.adversarial.report.ExplanationSheet;
import dev.bagel.tensor.Shape;
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

/**
 * What explanations of some images found: files, a table and a document.
 *
 * @param title the method, and the layer if it has one
 * @param clean the examples
 * @param changed the same after an attack; null if there was none
 * @param sanity whether the maps depend on the weights; null if nobody asked
 */
record ExplainReport(
    String title,
    Explanation explanation,
    ModelOptions.Named model,
    Examples examples,
    Explained clean,
    Explained changed,
    ParameterRandomisation.Outcome sanity) {
  static final String SHEET = "explanation.svg";
  private static final String NUMBERS = "maps.npz";

  /** Writes all pictures and the numbers. */
  void save(Path folder) throws IOException {
    ExplainPictures pictures = new ExplainPictures(explanation, model, examples, folder);
    List<ExplanationSheet.Row> rows = new ArrayList<>(pictures.write(clean, "", ""));
    Map<String, NpyArray> numbers = new LinkedHashMap<>();
    put(numbers, "", clean);
    if (changed != null) {
      List<ExplanationSheet.Row> after = pictures.write(changed, "changed-", ", changed");
      for (int i = after.size() - 1; i >= 0; i--) {
        rows.add(i + 1, after.get(i)); // each below the one that it was made of
      }
      put(numbers, "changed_", changed);
    }
    String note =
        String.format(
            "%s on %s. %s",
            lastPart(model.source()),
            lastPart(examples.source()),
            ExplainPictures.note(explanation, clean));
    ExplanationSheet sheet = new ExplanationSheet(title, note, rows);
    byte[] svg = sheet.svg().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(SHEET), to -> to.write(svg));
    Npz.write(folder.resolve(NUMBERS), numbers, Npz.Packing.STORED);
  }

  private static void put(Map<String, NpyArray> numbers, String kind, Explained e) {
    int[] classes = e.question().classes();
    numbers.put(kind + "maps", NpyArray.of(e.map().values()));
    numbers.put(kind + "classes", NpyArray.of(Shape.of(classes.length), classes));
  }

  private static Path lastPart(String path) {
    return Path.of(path).toAbsolutePath().normalize().getFileName();
  }

  /** For people: a table, and what is to be known beside it. */
  String text() {
    List<String> parts = new ArrayList<>();
    parts.add(table().toString());
    parts.add(title + "; hot: the share of places more than half as strong as the strongest");
    if (clean.residuals() != null) {
      parts.add(
          "Completeness: the attributions add up to the difference of the scores within "
              + Text.percent(clean.worstResidual())
              + " of it; more --steps bring them nearer");
    }
    if (changed != null) {
      parts.add("Before and after the change:");
      parts.add(comparison().toString());
    }
    if (sanity != null) {
      parts.add(sanityText());
    }
    return String.join(System.lineSeparator(), parts);
  }

  private Table table() {
    Table table = Table.of("example", "class", "prediction", "confidence", "explained", "hot");
    int[] predictions = clean.scores().predictions();
    double[] confidences = clean.scores().confidences();
    double[] hot = clean.map().hotShare();
    for (int i = 0; i < predictions.length; i++) {
      table.row(
          examples.name(i),
          examples.labelled() ? model.className(examples.data().label(i)) : "?",
          model.className(predictions[i]),
          Text.percent(confidences[i]),
          model.className(clean.question().classes()[i]),
          Text.percent(hot[i]));
    }
    return table;
  }

  private Table comparison() {
    Table table =
        Table.of(
            "example", "prediction", "confidence", "hot", "correlation", "of ranks", "overlap");
    int[] predictions = changed.scores().predictions();
    double[] confidences = changed.scores().confidences();
    double[] hot = changed.map().hotShare();
    List<Agreement> agreements = Agreement.of(clean.map(), changed.map());
    for (int i = 0; i < predictions.length; i++) {
      table.row(
          examples.name(i),
          model.className(predictions[i]),
          Text.percent(confidences[i]),
          Text.percent(hot[i]),
          decimals(agreements.get(i).correlation()),
          decimals(agreements.get(i).rankCorrelation()),
          decimals(agreements.get(i).iou()));
    }
    return table;
  }

  private String sanityText() {
    Table table = Table.of("random down to", "correlation", "of ranks", "structure", "overlap");
    for (ParameterRandomisation.Stage s : sanity.stages()) {
      table.row(
          s.layer(),
          decimals(s.left().correlation()),
          decimals(s.left().rankCorrelation()),
          decimals(s.left().ssim()),
          decimals(s.left().iou()));
    }
    String verdict =
        sanity.passes()
            ? "The maps depend on the weights"
            : "The maps hardly depend on the weights, so they explain little";
    return table
        + System.lineSeparator()
        + verdict
        + ": with half of the layers random they correlate by "
        + decimals(sanity.halfway())
        + " with those before, which do so by "
        + decimals(sanity.unrelated())
        + " with each other";
  }

  private static String decimals(double v) {
    return String.format(Locale.ROOT, "%.2f", v);
  }

  /** For programs. */
  Map<String, Object> document(Path folder, long seed) {
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "explain");
    d.put("model", model.source());
    d.put("data", examples.toMap());
    d.put("method", title);
    d.put("settings", explanation.toString());
    d.put("n", clean.scores().size());
    d.put("class_names", model.classNames());
    d.put("labels", examples.labelled() ? examples.data().labels() : null);
    putAnswers(d, clean);
    d.put("residuals", clean.residuals());
    d.put("changed", changed == null ? null : changedMap());
    d.put("sanity", sanity == null ? null : sanityMap());
    d.put("saved", folder);
    d.put("seed", seed);
    d.put("versions", Versions.all());
    return d;
  }

  private static void putAnswers(Map<String, Object> map, Explained e) {
    map.put("predictions", e.scores().predictions());
    map.put("confidences", e.scores().confidences());
    map.put("explained", e.question().classes());
    map.put("hot_share", e.map().hotShare());
  }

  private Map<String, Object> changedMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    putAnswers(map, changed);
    map.put(
        "agreement",
        Agreement.of(clean.map(), changed.map()).stream().map(ExplainReport::toMap).toList());
    return map;
  }

  private Map<String, Object> sanityMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("passes", sanity.passes());
    map.put("halfway", sanity.halfway());
    map.put("unrelated", sanity.unrelated());
    map.put("limit", sanity.limit());
    List<Map<String, Object>> stages = new ArrayList<>();
    for (ParameterRandomisation.Stage s : sanity.stages()) {
      Map<String, Object> stage = new LinkedHashMap<>();
      stage.put("layer", s.layer());
      stage.putAll(toMap(s.left()));
      stages.add(stage);
    }
    map.put("stages", stages);
    return map;
  }

  private static Map<String, Object> toMap(Agreement a) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("correlation", a.correlation());
    map.put("rank_correlation", a.rankCorrelation());
    map.put("ssim", a.ssim());
    map.put("iou", a.iou());
    return map;
  }
}
