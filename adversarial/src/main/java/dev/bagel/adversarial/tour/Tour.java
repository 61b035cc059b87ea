package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Callback;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains a net, breaks it, hardens it, and tries to break it again. The same settings, data and
 * seed find the same numbers, for any number of threads.
 */
public final class Tour {
  private final TourSettings settings;
  private final String data;
  private final Dataset train;
  private final Dataset test;
  private final Batch images;
  private final Progress progress;
  private final Consumer<String> line;

  /**
   * A tour that waits to be run.
   *
   * @param train the images to learn from; the first {@code settings.trainImages()} of them
   * @param test the images to judge by and to attack
   * @param progress hears how far each stage has come
   * @param line hears what each stage found, in one line for people
   */
  public Tour(
      TourSettings settings,
      Dataset train,
      Dataset test,
      Progress progress,
      Consumer<String> line) {
    if (!train.example().equals(test.example()) || train.classes() != test.classes()) {
      throw new IllegalArgumentException(
          "training images "
              + train.example()
              + " in "
              + train.classes()
              + " classes, test images "
              + test.example()
              + " in "
              + test.classes()
              + ": they must be alike");
    }
    this.settings = settings;
    this.data = train.name();
    this.train = train.slice(0, Math.min(train.size(), settings.trainImages()));
    this.test = test.slice(0, Math.min(test.size(), settings.testImages()));
    this.images = this.test.all();
    this.progress = progress;
    this.line = line;
  }

  /** Does all of it. */
  public TourResult run() {
    long start = System.nanoTime();
    Model fresh =
        Model.init(settings.net(), train.example(), Rng.of(settings.seed()).at("weights"));
    TrainedNet plain = trained("plain", fresh, settings.plain());
    List<Example> examples = examples(plain.model());
    TargetSearch search = new TargetSearch(settings, plain.model(), images, test.classNames());
    Optional<TargetSearch.Hit> hit = search.find(named("targeted attacks on the plain net"));
    hit.ifPresent(this::tell);
    TrainedNet hardened = trained("hardened", plain.model(), settings.hardening());
    Curve.Point check = measured(hardened.model(), "a stronger attack", settings.check());
    line.accept(
        "hardened net under the stronger attack, ε = %s: %s right"
            .formatted(check.epsilon(), percent(check.accuracy())));
    return new TourResult(
        settings,
        new TourResult.Data(data, train.size(), test.size(), test.classNames()),
        plain,
        hardened,
        examples,
        hit.map(h -> targeted(h, search, hardened.model())),
        check,
        (System.nanoTime() - start) / 1e9);
  }

  private TrainedNet trained(String name, Model from, Trainer trainer) {
    long start = System.nanoTime();
    Callback steps = Callback.progress(named("training the " + name + " net"));
    Trainer.Fit fit = trainer.fit(from, train, test, steps);
    double seconds = (System.nanoTime() - start) / 1e9;
    double accuracy = accuracy(fit.model());
    line.accept(
        "%s net: %s right after %s epochs on %s images"
            .formatted(name, percent(accuracy), fit.history().size(), train.size()));
    List<Curve> curves = new ArrayList<>();
    attacks().forEach((attack, how) -> curves.add(curve(name, fit.model(), attack, how, accuracy)));
    return new TrainedNet(name, trainer, fit.model(), fit.history(), seconds, accuracy, curves);
  }

  private double accuracy(Model model) {
    int[] predicted = model.predict(images.x());
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == images.labels()[i] ? 1 : 0;
    }
    return (double) right / predicted.length;
  }

  private Map<String, Pgd> attacks() {
    Map<String, Pgd> attacks = new LinkedHashMap<>();
    attacks.put("noise", Pgd.noise(settings.attack().ball()));
    attacks.put("FGSM", Pgd.fgsm(settings.attack().ball()));
    attacks.put("PGD", settings.attack());
    return attacks;
  }

  private Curve curve(String net, Model model, String name, Pgd attack, double accuracy) {
    List<Curve.Point> points = new ArrayList<>();
    points.add(new Curve.Point(0, accuracy, "none", 0, Cost.NONE));
    for (double epsilon : settings.radii()) {
      String what = name + " on the " + net + " net, ε = " + epsilon;
      points.add(measured(model, what, attack.within(epsilon)));
    }
    Curve curve = new Curve(name, points);
    double epsilon = settings.epsilon();
    line.accept(
        "%s net under %s, ε = %s: %s right"
            .formatted(net, name, epsilon, percent(curve.at(epsilon))));
    return curve;
  }

  private Curve.Point measured(Model model, String what, BallAttack attack) {
    Evaluation.Outcome o = outcome(model, what, attack);
    double epsilon = attack.ball().epsilon();
    return new Curve.Point(epsilon, o.robustAccuracy(), o.attack(), o.seconds(), o.cost());
  }

  private Evaluation.Outcome outcome(Model model, String what, BallAttack attack) {
    return Evaluation.of(
        model,
        images,
        attack,
        Goal.untargeted(images.labels()),
        Seeds.of(settings.seed(), images.size()),
        named(what));
  }

  /** The first image of each class that the net got right and then wrong. */
  private List<Example> examples(Model model) {
    Pgd attack = settings.attack().untilSuccess(false); // on, to where the net is sure
    Evaluation.Outcome o = outcome(model, "examples", attack);
    boolean[] shown = new boolean[test.classes()];
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < images.size() && examples.size() < settings.examples(); i++) {
      int label = images.labels()[i];
      if (o.clean()[i] == label && o.success()[i] && !shown[label]) {
        shown[label] = true;
        examples.add(example(model, o, i));
      }
    }
    return examples;
  }

  private Example example(Model model, Evaluation.Outcome o, int i) {
    Tensor clean = images.x().rows(i).reshape(model.example());
    Tensor adversarial = o.x().rows(i).reshape(model.example());
    return new Example(
        i,
        test.classNames().get(images.labels()[i]),
        clean,
        adversarial,
        verdict(model, clean),
        verdict(model, adversarial),
        o.ball(),
        o.distance()[i],
        o.attack());
  }

  private Verdict verdict(Model model, Tensor image) {
    Tensor batch = image.reshape(Shape.of(1).concat(image.shape()));
    return Verdict.of(Verdict.probabilities(model.scores(batch))[0], test.classNames());
  }

  private Targeted targeted(TargetSearch.Hit hit, TargetSearch search, Model hardened) {
    return new Targeted(
        hit.example(),
        test.classNames().get(hit.target()),
        hit.doubt(),
        hit.pairs(),
        hit.successes(),
        verdict(hardened, hit.example().adversarial()),
        search.repeat(hit, hardened));
  }

  private void tell(TargetSearch.Hit hit) {
    Example e = hit.example();
    line.accept(
        "targeted, ε = %s: test image %s, %s (%s), becomes %s (%s)"
            .formatted(
                e.ball().epsilon(),
                e.number(),
                e.before().name(),
                percent(e.before().confidence()),
                e.after().name(),
                percent(e.after().confidence())));
  }

  private Progress named(String what) {
    return (done, total, ignored) -> progress.at(done, total, what);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
