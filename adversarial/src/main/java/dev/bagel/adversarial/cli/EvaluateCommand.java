package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Assessment;
import dev.bagel.adversarial.audit.Audit;
import dev.bagel.adversarial.audit.FileJournal;
import dev.bagel.adversarial.audit.Finding;
import dev.bagel.adversarial.audit.Stage;
import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.adversarial.report.AssessmentSections;
import dev.bagel.adversarial.report.Provenance;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel evaluate}: how well a model stands, and whether that can be believed. */
@Command(
    name = "evaluate",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Runs AutoAttack on a model, audits the result for masked gradients, and writes a report."
            + " A run that was interrupted goes on where it was when it is started again.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel evaluate --model net.safetensors --data fashion-mnist --eps 8/255 --first 200",
      "  bagel evaluate --model net.safetensors --data fashion-mnist --norm l2 --eps 0.5 --json",
      "",
      "DIR holds report.html, results.json (the same bytes however often the run was interrupted)",
      "and, until it is done, evaluation.state.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final String REPORT = "report.html";
  private static final String RESULTS = "results.json";
  private static final String STATE = "evaluation.state";

  @Mixin private ModelOptions models;
  @Mixin private DeviceOptions device;
  @Mixin private DataOptions data;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      defaultValue = "linf",
      description = "linf, l2 or l1 (default: ${DEFAULT-VALUE}).")
  private Norm norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      converter = Fraction.class,
      description = "The radius of the ball in input units, such as 8/255.")
  private Double eps;

  @Option(
      names = "--ensemble",
      paramLabel = "NAME",
      defaultValue = "standard",
      description = "standard, plus, or rand for a randomised defence (default: ${DEFAULT-VALUE}).")
  private EnsembleName ensemble;

  @Option(
      names = "--audit",
      paramLabel = "N",
      defaultValue = "256",
      description = "The most inputs to audit (default: ${DEFAULT-VALUE}).")
  private int audited;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "evaluation",
      description = "The folder of the results (default: ${DEFAULT-VALUE}); made if need be.")
  private Path out;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    AutoAttack auto = ensemble.in(ball()); // what needs no model is checked before one is read
    Audit audit = audit();
    ModelOptions.Named model = device.put(models.read());
    DeviceOptions.noteSteps(model.model(), auto, "AutoAttack", console);
    Examples examples = data.open(model.model().example(), Split.TEST);
    if (!examples.labelled()) {
      throw new WrongUse(
          "pictures without classes",
          "--data " + examples.source(),
          "accuracy needs the right ones: one sub-folder per class");
    }
    examples.check(model.model(), model.classes());
    if (model.classes() < 2) {
      throw new WrongUse("a model of one class", "--model", "there is nothing to mistake");
    }
    Batch batch = examples.data().all();
    examples.checkBounds(batch, model.model().bounds());
    Batch shaped = new Batch(reshaped(batch, model), batch.labels());
    OutputFile.checkFolder(out, "--out");
    Path state = out.resolve(STATE);
    FileLock.holding(
        out.resolve("evaluation"),
        () -> {
          Assessed result = assessed(auto, audit, model, examples, shaped, state, console);
          write(result, model, examples, console);
          Files.deleteIfExists(state);
        });
    return Failures.DONE;
  }

  private static Tensor reshaped(Batch batch, ModelOptions.Named model) {
    return batch.x().reshape(Shape.of(batch.size()).concat(model.model().example()));
  }

  private Ball ball() {
    if (eps == null) {
      throw new WrongUse("no radius", "--eps", "give one, such as --eps 8/255");
    }
    AttackOptions.checkEps(eps);
    if (eps == 0) {
      throw new WrongUse("ε = 0", "--eps", "nothing may change in that ball: give a larger one");
    }
    if (norm == Norm.L0) {
      throw new WrongUse("no ensemble for l0", "--norm", "take linf, l2 or l1, or 'bagel attack'");
    }
    return new Ball(norm, eps);
  }

  private Audit audit() {
    if (audited < 1) {
      throw new WrongUse(audited + " inputs", "--audit", "at least one");
    }
    boolean asked = ensemble != EnsembleName.RAND; // the others have Square
    Audit audit = Audit.standard().examples(audited);
    return asked ? audit.queries(0) : audit;
  }

  private Assessed assessed(
      AutoAttack auto,
      Audit audit,
      ModelOptions.Named model,
      Examples examples,
      Batch batch,
      Path state,
      Console console)
      throws IOException {
    String experiment =
        String.join(
            "\n",
            auto.toString(),
            audit.toString(),
            "seed " + globals.seed(),
            "labels " + Arrays.hashCode(batch.labels()) + " from " + examples.offset(),
            "inputs " + Arrays.hashCode(batch.x().array()),
            "scores " + Arrays.hashCode(model.model().scores(batch.x()).array()),
            Versions.all().toString());
    FileJournal journal = FileJournal.open(state, experiment);
    if (journal.size() > 0) {
      console.note("going on with " + state + ": " + journal.size() + " batches are done");
    }
    try (ProgressBar bar = console.progress()) {
      return new Assessment(
              model.model(),
              batch,
              auto,
              audit,
              new Seeds(Rng.of(globals.seed()), examples.numbers()),
              journal,
              stage -> {
                bar.clear();
                console.note(line(stage));
              },
              bar)
          .run();
    }
  }

  private static String line(Stage s) {
    return String.format(
        Locale.ROOT,
        "after %s %s are right; it fooled %d of %d, in %.1f s",
        s.name(),
        Text.percent(s.accuracy()),
        s.fooled(),
        s.attacked(),
        s.seconds());
  }

  private void write(Assessed result, ModelOptions.Named model, Examples examples, Console console)
      throws IOException {
    Map<String, Object> document = EvaluateDocument.of(result, model, examples, globals.seed());
    byte[] json = (Json.text(document) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(out.resolve(RESULTS), to -> to.write(json));
    AssessmentSections.report(
            result,
            Path.of(model.source()).getFileName() + " on " + examples.data().name(),
            model.classNames(),
            model.model().bounds(),
            Provenance.here(command(), Instant.now()))
        .write(out.resolve(REPORT));
    if (!console.isJson()) {
      print(result, console);
    }
    console.answer(document);
  }

  private void print(Assessed result, Console console) {
    Table table = Table.of("attack", "attacked", "fooled", "right");
    table.row("none", "", "", Text.percent(result.cleanAccuracy()));
    for (Stage s : result.stages()) {
      table.row(
          s.name(),
          Integer.toString(s.attacked()),
          Integer.toString(s.fooled()),
          Text.percent(s.accuracy()));
    }
    console.print(table);
    for (Finding f : result.findings()) {
      console.print(f.name() + ": " + f.what() + "\n  " + f.advice() + "\n  " + f.paper());
    }
    if (result.findings().isEmpty()) {
      console.print("The audit found nothing that speaks against this.");
    }
    console.print("The report: " + out.resolve(REPORT));
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of("java", "-jar", "adversarial/target/bagel.jar"));
    command.addAll(globals.words());
    return command;
  }
}
