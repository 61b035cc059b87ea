package dev.bagel.adversarial.cli;

import dev.bagel.nn.Checkpoint;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.Stopping;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel train}: makes a model, or goes on with one. */
@Command(
    name = "train",
    sortOptions = false,
    versionProvider = Versions.class,
    description = "Trains a model, on examples or on what PGD makes of them, and saves it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel train --arch tutorial-cnn --data fashion-mnist --save net.safetensors",
      "  bagel train --arch madry-mnist --data mnist/ --epochs 5 --adversarial --eps 0.3 --steps 7"
          + " --save robust.safetensors --checkpoint run.ckpt",
      "  bagel train --model net.onnx --data fashion-mnist --rate 1e-4 --save finer.onnx",
      "  bagel train --model net.safetensors --data pictures/ --validation-split 0.1 --save"
          + " net2.safetensors",
      "",
      "'bagel train --arch help' lists the architectures. The same command gives the same weights,"
          + " bit for bit, with any number of threads, interrupted or not.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class TrainCommand implements Callable<Integer> {
  private static final int JUDGED = 2000; // training examples that the final accuracy is of

  @Mixin private ModelOptions models;
  @Mixin private DataOptions data;

  @Option(
      names = "--validation-split",
      paramLabel = "SHARE",
      converter = Fraction.class,
      description =
          "Validate on the last share of the training examples, 0 for none (default: validate on"
              + " the test part, where there is one).")
  private Double validationSplit;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "How often every example is seen (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Examples in one step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Mixin private OptimizerOptions optimizers;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stop after so many epochs without a better validation loss, and keep the best epoch.")
  private Integer patience;

  @Mixin private AdversarialOptions objectives;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the model to this .safetensors or .onnx file.")
  private Path save;

  @Mixin private CheckpointOptions checkpoints;
  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    if ("help".equals(models.arch())) {
      list(console);
      return Failures.DONE;
    }
    Trainer trainer = trainer();
    OutputFile.check(save, "--save", data.source());
    Checkpoint checkpoint = checkpoints.checkpoint();
    Model start = start();
    ModelOutput.check(save, "--save", start);
    int classes = ModelOptions.classes(start);
    TrainingData examples = TrainingData.open(data, start.example(), validationSplit);
    examples.train().check(start, classes);
    examples.train().checkBounds(start.bounds());
    if (examples.validation() != null) {
      examples.validation().check(start, classes);
    } else if (patience != null) {
      throw new WrongUse("no validation examples", "--patience", "add --validation-split 0.1");
    }
    checkpoints.locked(() -> run(console, trainer, start, examples, checkpoint));
    return Failures.DONE;
  }

  private static void list(Console console) {
    Table table = Table.of("name", "input", "what");
    Map<String, Object> document = new LinkedHashMap<>();
    for (Zoo.Entry e : Zoo.all()) {
      table.row(e.name(), e.example().toString(), e.what());
      document.put(e.name(), e.what());
    }
    if (!console.isJson()) {
      console.print(table);
    }
    console.answer(Map.of("architectures", document));
  }

  private Trainer trainer() {
    if (epochs < 1) {
      throw new WrongUse(epochs + " epochs", "--epochs", "at least 1");
    }
    if (batch < 1) {
      throw new WrongUse("batches of " + batch, "--batch", "at least 1");
    }
    if (patience != null && patience < 0) {
      throw new WrongUse("patience " + patience, "--patience", "from 0 on");
    }
    return Trainer.of(objectives.objective(), optimizers.optimizer())
        .schedule(optimizers.schedule())
        .stopping(patience == null ? Stopping.NEVER : Stopping.onLoss(patience))
        .epochs(epochs)
        .batch(batch)
        .seed(globals.seed());
  }

  private Model start() throws IOException {
    if (models.file() != null) {
      return models.read().model();
    }
    if (models.arch() == null) {
      throw new WrongUse(
          "no architecture",
          "--arch and --model",
          "give one: --arch for a new net ('--arch help' lists them), --model to go on with one");
    }
    Zoo.Entry entry = models.architecture();
    Rng rng = Rng.of(globals.seed()).at("init");
    return models.apply(Model.init(entry.net(), entry.example(), rng));
  }

  private void run(
      Console console, Trainer trainer, Model start, TrainingData examples, Checkpoint checkpoint)
      throws IOException {
    if (checkpoint != null && Files.exists(checkpoint.file())) {
      console.note("going on from " + checkpoint.file());
    }
    long begun = System.nanoTime();
    Dataset validation = examples.validation() == null ? null : examples.validation().data();
    Trainer.Fit fit;
    try (ProgressBar bar = console.progress()) {
      TrainingLog log = new TrainingLog(console, bar, trainer.epochs());
      Dataset train = examples.train().data();
      fit =
          checkpoint == null
              ? trainer.fit(start, train, validation, log)
              : trainer.fit(start, train, validation, checkpoint, log);
    }
    if (save != null) {
      ModelFile trained =
          ModelFile.of(fit.model())
              .withClassNames(examples.train().data().classNames())
              .with("trained", trainer + " on " + examples.train().data().name());
      ModelOutput.write(trained, save);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    answer(console, trainer, fit, examples, seconds);
  }

  private void answer(
      Console console, Trainer trainer, Trainer.Fit fit, TrainingData examples, double seconds) {
    Dataset train = examples.train().data();
    int judged = Math.min(JUDGED, train.size());
    double trainAccuracy = Scores.of(fit.model(), train.slice(0, judged)).accuracy();
    Scores validated =
        examples.validation() == null ? null : Scores.of(fit.model(), examples.validation().data());
    Double accuracy = validated == null ? null : validated.accuracy();
    if (!console.isJson()) {
      console.print(
          "accuracy: training "
              + Text.percent(trainAccuracy)
              + (accuracy == null ? "" : ", validation " + Text.percent(accuracy))
              + "; "
              + Text.seconds(seconds)
              + " s"
              + (save == null ? "; not saved (no --save)" : "; saved to " + save));
    }
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "train");
    d.put("arch", models.arch());
    d.put("model", models.file());
    d.put("parameters", fit.model().params().count());
    d.put("data", examples.train().toMap());
    d.put("validation", examples.validation() == null ? null : examples.validation().toMap());
    d.put("settings", trainer.toString());
    d.put("epochs", fit.history().size());
    d.put("train_accuracy", trainAccuracy);
    d.put("train_accuracy_n", judged);
    d.put("validation_accuracy", accuracy);
    d.put("validation_loss", validated == null ? null : validated.negativeLogLikelihood());
    d.put("history", fit.history().stream().map(TrainingLog::toMap).toList());
    d.put("saved", save);
    d.put("seconds", seconds);
    d.put("seed", globals.seed());
    d.put("versions", Versions.all());
    console.answer(d);
  }
}
