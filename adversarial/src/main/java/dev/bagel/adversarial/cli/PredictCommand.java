package dev.bagel.adversarial.cli;

import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel predict}: what a model says of examples. */
@Command(
    name = "predict",
    sortOptions = false,
    versionProvider = Versions.class,
    description = "Shows what a model says of examples, and how often it is right.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel predict --model net.safetensors --data fashion-mnist",
      "  bagel predict --model net.safetensors --data photo.png --json",
      "  bagel predict --model net.safetensors --data test.npz --save out.npz --gradients",
      "",
      "The file of --save holds logits [N, K] (f4), labels [N] (i4, if the classes are known) and,"
          + " with --gradients, gradients [N, ...] (f4). Where the classes are not known, gradients"
          + " are for the predicted ones.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int SHOWN = 10;
  private static final int ALL_AT_ONCE = 4096;

  @Mixin private ModelOptions models;
  @Mixin private DeviceOptions device;
  @Mixin private DataOptions data;

  @Option(names = "--save", paramLabel = "OUT.npz", description = "Write the scores to this file.")
  private Path save;

  @Option(
      names = "--gradients",
      description = "Also save d cross-entropy / d input, of each example with its true class.")
  private boolean gradients;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    if (gradients && save == null) {
      throw new WrongUse("gradients with no place to go", "--gradients", "add --save OUT.npz");
    }
    OutputFile.check(save, "--save", data.source());
    OutputFile.check(save, "--save", models.file());
    ModelOptions.Named model = device.put(models.read());
    Examples examples = data.open(model.model().example(), Split.TEST);
    examples.check(model.model(), model.classes());
    int looked = Math.min(examples.data().size(), ALL_AT_ONCE);
    Tensor some = examples.data().slice(0, looked).all().x();
    examples.noteMisfit(some, model.model().bounds(), console);
    long start = System.nanoTime();
    Scores scores;
    try (ProgressBar bar = console.progress()) {
      scores = Scores.of(model.model(), examples.data(), bar);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (save != null) {
      Npz.write(save, arrays(model.model(), examples, scores), Npz.Packing.STORED);
    }
    if (!console.isJson()) {
      console.print(summary(examples, scores, seconds));
      console.print(table(model, examples, scores));
    }
    console.answer(document(model, examples, scores, seconds));
    return Failures.DONE;
  }

  private Map<String, NpyArray> arrays(Model model, Examples examples, Scores scores) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("logits", NpyArray.of(scores.logits()));
    if (examples.labelled()) {
      arrays.put("labels", NpyArray.of(Shape.of(scores.size()), scores.labels()));
    }
    if (gradients) {
      int[] classes = examples.labelled() ? scores.labels() : scores.predictions();
      arrays.put("gradients", NpyArray.of(model.gradients(examples.data().all().x(), classes)));
    }
    return arrays;
  }

  private static String summary(Examples examples, Scores scores, double seconds) {
    return scores.size()
        + " examples of "
        + examples.source()
        + ", accuracy "
        + (examples.labelled() ? Text.percent(scores.accuracy()) : "unknown (no labels)")
        + ", mean confidence "
        + Text.percent(scores.meanConfidence())
        + ", "
        + Text.seconds(seconds)
        + " s";
  }

  private static Table table(ModelOptions.Named model, Examples examples, Scores scores) {
    Table table = Table.of("example", "class", "prediction", "confidence");
    double[] confidence = scores.confidences();
    int[] predictions = scores.predictions();
    for (int i = 0; i < Math.min(SHOWN, scores.size()); i++) {
      table.row(
          examples.name(i),
          examples.labelled() ? model.className(scores.label(i)) : "?",
          model.className(predictions[i]),
          Text.percent(confidence[i]));
    }
    return table;
  }

  private Map<String, Object> document(
      ModelOptions.Named model, Examples examples, Scores scores, double seconds) {
    boolean labelled = examples.labelled();
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "predict");
    d.put("model", model.source());
    d.put("data", examples.toMap());
    d.put("n", scores.size());
    d.put("classes", scores.classes());
    d.put("class_names", model.classNames());
    d.put("accuracy", labelled ? scores.accuracy() : null);
    d.put("cross_entropy", labelled ? scores.negativeLogLikelihood() : null);
    d.put("mean_confidence", scores.meanConfidence());
    d.put("calibration_error", labelled ? scores.calibration().expectedError() : null);
    d.put("predictions", scores.predictions());
    d.put("confidences", scores.confidences());
    d.put("labels", labelled ? scores.labels() : null);
    d.put("saved", save);
    d.put("seconds", seconds);
    d.put("seed", globals.seed());
    d.put("versions", Versions.all());
    return d;
  }
}
