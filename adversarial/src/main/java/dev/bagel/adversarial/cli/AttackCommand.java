package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel attack}: how a model stands up to an attack. */
@Command(
    name = "attack",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Attacks a model, and shows how much accuracy is left at each radius. Success is measured"
            + " on the perturbed inputs themselves, after clipping, never taken from the attack.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel attack --attack help",
      "  bagel attack --model net.safetensors --data fashion-mnist --eps 0.05,0.1 --first 200",
      "  bagel attack --model net.safetensors --data fashion-mnist --attack fgsm --eps 8/255"
          + " --json",
      "  bagel attack --model net.safetensors --data photo.png --eps 8/255 --save-images out",
      "",
      "Pictures without classes are attacked away from what the model says of them.",
      "The file of --save holds x (f4, of the last radius; of several also x_0, x_1, ...), y (i4)"
          + " and eps.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class AttackCommand implements Callable<Integer> {
  @Mixin private ModelOptions models;
  @Mixin private DataOptions data;
  @Mixin private AttackOptions attacks;
  @Mixin private TargetOptions targets;

  @Option(
      names = "--save",
      paramLabel = "ADV.npz",
      description = "Write the perturbed inputs to this file.")
  private Path save;

  @Option(
      names = "--save-images",
      paramLabel = "DIR",
      description =
          "Write PNG files for the last radius: clean, perturbation (scaled to the full range,"
              + " mid-grey is 0) and adversarial, rounded to 8 bits.")
  private Path saveImages;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    if (attacks.isHelp()) {
      list(console);
      return Failures.DONE;
    }
    attacks.eps(); // what needs no model is checked before one is read
    attacks.attack();
    OutputFile.check(save, "--save", data.source());
    OutputFile.check(save, "--save", models.file());
    ModelOptions.Named model = models.read();
    int classes = model.classes();
    BallAttack attack = attacks.build(classes, targets.isTargeted());
    if (saveImages != null && !PngFile.canShow(model.model().example())) {
      throw new WrongUse(
          "inputs " + model.model().example() + " are no pictures",
          "--save-images",
          "leave it out");
    }
    Examples examples = data.open(model.model().example(), Split.TEST);
    examples.check(model.model(), classes);
    Batch batch = batch(model, examples);
    Goal goal = targets.goal(batch.labels(), examples.numbers(), classes, globals.seed());
    OutputFile.checkFolder(saveImages, "--save-images");
    attacks.noteShortReach(attack, console);
    List<Outcome> outcomes = new ArrayList<>();
    for (double eps : attacks.eps()) {
      outcomes.add(evaluated(model, batch, attack.within(eps), goal, examples, console));
    }
    noteReached(goal, outcomes.get(0), console);
    AttackReport report =
        new AttackReport(attacks.attack(), model, examples, batch, goal, outcomes);
    report.save(save);
    report.saveImages(saveImages);
    if (!console.isJson()) {
      console.print(report.table());
    }
    console.answer(report.document(globals.seed()));
    return Failures.DONE;
  }

  private static void list(Console console) {
    Table table = Table.of("name", "norm", "what");
    Map<String, Object> document = new LinkedHashMap<>();
    for (AttackName a : AttackName.values()) {
      table.row(a.label(), a.norm().label(), a.what());
      document.put(a.label(), a.what());
    }
    if (!console.isJson()) {
      console.print(table);
    }
    console.answer(Map.of("attacks", document));
  }

  private static Batch batch(ModelOptions.Named model, Examples examples) {
    Batch batch = examples.data().all();
    examples.checkBounds(batch, model.model().bounds());
    return examples.labelled() ? batch : new Batch(batch.x(), model.model().predict(batch.x()));
  }

  private static void noteReached(Goal goal, Outcome outcome, Console console) {
    int there = AttackReport.already(goal, outcome);
    if (goal instanceof Goal.Targeted && there > 0) {
      console.note(there + " inputs are taken for the target as they are: they count as successes");
    }
  }

  private Outcome evaluated(
      ModelOptions.Named model,
      Batch batch,
      BallAttack attack,
      Goal goal,
      Examples examples,
      Console console) {
    String what = attacks.attack().label() + ", ε = " + Text.number(attack.ball().epsilon());
    Seeds seeds = new Seeds(Rng.of(globals.seed()), examples.numbers());
    try (ProgressBar bar = console.progress()) {
      return Evaluation.of(
          model.model(), batch, attack, goal, seeds, (done, total, w) -> bar.at(done, total, what));
    }
  }
}
