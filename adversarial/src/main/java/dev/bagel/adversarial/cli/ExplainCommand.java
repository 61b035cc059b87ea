package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.Layers;
import dev.bagel.adversarial.explain.ParameterRandomisation;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel explain}: where a model sees what it says. */
@Command(
    name = "explain",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Shows where in an image a model sees the class that it takes it for, or any other, and"
            + " whether such a map depends on what the model has learned.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel explain --model net.safetensors --data fashion-mnist --first 6",
      "  bagel explain --model net.safetensors --data photo.jpg --resize 256x256 --layer 4",
      "  bagel explain --model net.safetensors --data photos --method integrated-gradients",
      "  bagel explain --model net.safetensors --layers",
      "",
      "DIR holds explanation.svg with everything side by side, for each image its map and the map"
          + " over it (PNG), and maps.npz with the numbers themselves: maps [N, h, w] (f4) and"
          + " classes [N] (i4).",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int SHOWN = 12;

  @Mixin private ModelOptions models;
  @Mixin private DataOptions data;
  @Mixin private ExplanationOptions explanations;

  @Option(
      names = "--class",
      paramLabel = "K|NAME",
      description = "The class to look for (default: what the model says of each image).")
  private String wanted;

  @Option(
      names = "--sanity",
      description =
          "Also make the weights random, layer by layer from the top: a map that stays the same"
              + " explains nothing (Adebayo 2018).")
  private boolean sanity;

  @Option(names = "--layers", description = "Only list the model's layers and what they put out.")
  private boolean layers;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "explanation",
      description = "The folder of the pictures (default: ${DEFAULT-VALUE}); made if need be.")
  private Path out;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    if (explanations.isHelp()) {
      listMethods(console);
      return Failures.DONE;
    }
    explanations.method(); // what needs no model is checked before one is read
    ModelOptions.Named model = models.read();
    if (layers) {
      listLayers(model, console);
      return Failures.DONE;
    }
    if (!PngFile.canShow(model.model().example())) {
      throw new WrongUse(
          "inputs " + model.model().example() + " are no pictures",
          "--model " + model.source(),
          "a model for [1, H, W] or [3, H, W] can be explained in pictures");
    }
    Explanation explanation = explanations.explanation(model.model());
    Examples examples = data.open(model.model().example(), Split.TEST, SHOWN);
    examples.check(model.model(), model.classes());
    Tensor x = examples.data().all().x();
    examples.noteMisfit(x, model.model().bounds(), console);
    Question question = question(model, examples, x);
    OutputFile.checkFolder(out, "--out");
    answer(explanation, question, model, examples, console);
    return Failures.DONE;
  }

  private Question question(ModelOptions.Named model, Examples examples, Tensor x) {
    Question q =
        Question.of(model.model(), x).seeds(new Seeds(Rng.of(globals.seed()), examples.numbers()));
    if (wanted == null) {
      return q;
    }
    int[] all = new int[q.size()];
    Arrays.fill(all, model.classNamed(wanted, "--class"));
    return q.classes(all);
  }

  private void answer(
      Explanation explanation,
      Question question,
      ModelOptions.Named model,
      Examples examples,
      Console console)
      throws IOException {
    Heatmap map;
    ParameterRandomisation.Outcome checked = null;
    try (ProgressBar bar = console.progress()) {
      Question q = question.progress(bar);
      map = explanation.heatmap(q);
      if (sanity) {
        checked = ParameterRandomisation.of(explanation).run(q, Rng.of(globals.seed()));
      }
    }
    String title =
        explanations.method().label()
            + explanations.layer(model.model()).map(at -> " at layer " + at).orElse("");
    ExplainReport report = new ExplainReport(title, explanation, question, map, model, examples);
    report.save(out);
    if (!console.isJson()) {
      console.print(report.table());
      report.sentences().forEach(console::print);
      if (checked != null) {
        console.print(ExplainReport.sanity(checked));
      }
      console.print("The pictures: " + out.resolve(ExplainReport.SHEET));
    }
    console.answer(report.document(checked, out, globals.seed()));
  }

  private static void listMethods(Console console) {
    Table table = Table.of("method", "what");
    for (MethodName m : MethodName.values()) {
      table.row(m.label(), m.what());
    }
    if (!console.isJson()) {
      console.print(table.toTheLeft());
    }
    console.answer(
        Map.of("methods", Arrays.stream(MethodName.values()).map(MethodName::label).toList()));
  }

  private static void listLayers(ModelOptions.Named model, Console console) {
    Layers layers = Layers.of(model.model());
    List<String> withMaps = layers.withMaps();
    Table table = Table.of("layer", "puts out", "maps");
    Map<String, Object> shapes = new LinkedHashMap<>();
    for (Map.Entry<String, Shape> e : layers.shapes().entrySet()) {
      table.row(e.getKey(), e.getValue().toString(), withMaps.contains(e.getKey()) ? "yes" : "");
      shapes.put(e.getKey(), e.getValue().toArray());
    }
    if (!console.isJson()) {
      console.print(table.toTheLeft());
    }
    console.answer(Map.of("layers", shapes, "maps", withMaps));
  }
}
