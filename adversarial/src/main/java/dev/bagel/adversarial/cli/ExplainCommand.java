package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.ParameterRandomisation;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
      "  bagel explain --model squeezenet.onnx --data photos --resize 256x256"
          + " --class-names names.json",
      "  bagel explain --model net.safetensors --data photo.png --method integrated-gradients",
      "  bagel explain --model net.safetensors --data fashion-mnist --first 6 --changed adv.npz",
      "",
      "DIR holds explanation.svg with everything side by side, for each image its map and the map"
          + " over it (PNG), and maps.npz with the numbers themselves: maps [N, h, w] (f4) and"
          + " classes [N] (i4); with --changed also changed_maps and changed_classes.",
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
      names = "--changed",
      paramLabel = "ADV.npz",
      description =
          "Also explain the same examples after an attack, as 'bagel attack --save' wrote them, and"
              + " compare the maps.")
  private Path changed;

  @Option(
      names = "--sanity",
      description =
          "Also make the weights random, layer by layer from the top: a map that stays the same"
              + " explains nothing (Adebayo 2018).")
  private boolean sanity;

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
    Tensor after = changed == null ? null : changed(x);
    Question question = question(model, examples, x);
    OutputFile.checkFolder(out, "--out");
    ExplainReport report = report(explanation, question, after, model, examples, console);
    report.save(out);
    if (!console.isJson()) {
      console.print(report.text());
      console.print("The pictures: " + out.resolve(ExplainReport.SHEET));
    }
    console.answer(report.document(out, globals.seed()));
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

  /** The inputs of {@code --changed}, which are those of {@code --data} after an attack. */
  private Tensor changed(Tensor x) throws IOException {
    Npz npz = Npz.open(changed);
    if (!npz.contains("x")) {
      throw new WrongUse(
          "no x among " + npz.names(), "--changed " + changed, "'bagel attack --save' writes one");
    }
    Tensor after = npz.array("x").tensor();
    if (!after.shape().equals(x.shape())) {
      throw new WrongUse(
          "x of shape " + after.shape(),
          "--changed " + changed,
          "the examples of --data are " + x.shape() + ": name those that were attacked");
    }
    return after;
  }

  private ExplainReport report(
      Explanation explanation,
      Question question,
      Tensor after,
      ModelOptions.Named model,
      Examples examples,
      Console console) {
    String title =
        explanations.method().label()
            + explanations.layer(model.model()).map(at -> " at layer " + at).orElse("");
    try (ProgressBar bar = console.progress()) {
      Explained clean = Explained.of(explanation, question, bar);
      Explained changed =
          after == null ? null : Explained.of(explanation, question(model, examples, after), bar);
      ParameterRandomisation.Outcome outcome =
          sanity
              ? ParameterRandomisation.of(explanation)
                  .run(question.progress(bar), Rng.of(globals.seed()))
              : null;
      return new ExplainReport(title, explanation, model, examples, clean, changed, outcome);
    }
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
}
