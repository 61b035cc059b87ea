package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
      "  bagel attacks",
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
  @Mixin private DeviceOptions device;
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

  @Option(
      names = "--time-limit",
      paramLabel = "SECONDS",
      description = "Stop attacking after so long; what was found until then counts.")
  private Double seconds;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    if (attacks.isHelp()) {
      AttacksCommand.list(console, Registry.ALL);
      return Failures.DONE;
    }
    attacks.eps(); // what needs no model is checked before one is read
    attacks.attack();
    OutputFile.check(save, "--save", data.source());
    OutputFile.check(save, "--save", models.file());
    ModelOptions.Named model = device.put(models.read());
    int classes = model.classes();
    Attack attack = attacks.build(classes, targets.isTargeted());
    if (saveImages != null && !PngFile.canShow(model.model().example())) {
      throw new WrongUse(
          "inputs " + model.model().example() + " are no pictures",
          "--save-images",
          "leave it out");
    }
    Examples examples = data.open(model.model().example(), Split.TEST);
    examples.check(model.model(), classes);
    Batch batch = batch(model, examples, console);
    Goal goal = targets.goal(batch.labels(), examples.numbers(), classes, globals.seed());
    OutputFile.checkFolder(saveImages, "--save-images");
    attacks.noteShortReach(attack, console);
    DeviceOptions.noteSteps(model.model(), attack, attacks.attack().name(), console);
    List<Outcome> outcomes = evaluated(model, batch, attack, goal, examples, console);
    noteEnding(outcomes, console);
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

  private static Batch batch(ModelOptions.Named model, Examples examples, Console console) {
    Batch batch = examples.data().all();
    examples.checkBounds(batch, model.model().bounds());
    examples.noteMisfit(batch.x(), model.model().bounds(), console);
    return examples.labelled() ? batch : new Batch(batch.x(), model.model().predict(batch.x()));
  }

  private static void noteReached(Goal goal, Outcome outcome, Console console) {
    int there = AttackReport.already(goal, outcome);
    if (goal instanceof Goal.Targeted && there > 0) {
      console.note(there + " inputs are taken for the target as they are: they count as successes");
    }
  }

  private static void noteEnding(List<Outcome> outcomes, Console console) {
    for (Outcome o : outcomes) {
      if (o.ending() != Limit.Ending.COMPLETE) {
        int left = 0;
        for (boolean attacked : o.attacked()) {
          left += attacked ? 0 : 1;
        }
        console.note(
            AttackReport.ending(o)
                + ": "
                + o.attack()
                + " did not come to its end; inputs that stand and that it was not done with: "
                + left);
      }
    }
  }

  private List<Outcome> evaluated(
      ModelOptions.Named model,
      Batch batch,
      Attack attack,
      Goal goal,
      Examples examples,
      Console console) {
    double[] radii = attacks.eps().stream().mapToDouble(e -> e).toArray();
    String what = attacks.attack().name();
    Seeds seeds = new Seeds(Rng.of(globals.seed()), examples.numbers());
    try (ProgressBar bar = console.progress()) {
      Evaluation evaluation =
          new Evaluation(
              model.model(),
              batch,
              goal,
              seeds,
              (done, all, w) -> bar.at(done, all, what),
              limit());
      return radii.length == 0
          ? List.of(evaluation.against(attack))
          : evaluation.against(attack, radii).outcomes();
    }
  }

  private Limit limit() {
    if (seconds != null && !(seconds >= 0 && seconds < Integer.MAX_VALUE)) {
      throw new WrongUse(seconds + " seconds", "--time-limit", "a number from 0 on");
    }
    return seconds == null ? Limit.NONE : Limit.of(Duration.ofMillis((long) (seconds * 1000)));
  }
}
