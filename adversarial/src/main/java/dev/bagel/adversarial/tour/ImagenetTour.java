package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.StepRule;
import dev.bagel.adversarial.Sweep;
import dev.bagel.adversarial.explain.Agreement;
import dev.bagel.adversarial.explain.GradCam;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The tutorial's own demonstrations, on photographs and a network that somebody else trained: a
 * bagel becomes a grand piano and a hog a Lakeland terrier, by PGD and in the steps of several
 * optimizers; how far each photograph is from another answer; and where the network looks.
 */
public final class ImagenetTour {
  private final ImagenetSettings settings;
  private final ImagenetPictures pictures;
  private final Model model;
  private final Progress progress;
  private final Consumer<String> line;

  /**
   * Demonstrations that wait to be run.
   *
   * @param progress hears how far each stage has come
   * @param line hears what each stage found, in one line for people
   */
  public ImagenetTour(
      ImagenetSettings settings,
      ImagenetPictures pictures,
      Progress progress,
      Consumer<String> line) {
    this.settings = settings;
    this.pictures = pictures;
    this.model = pictures.model();
    this.progress = progress;
    this.line = line;
  }

  /** Does all of it. */
  public ImagenetResult run() {
    long start = System.nanoTime();
    Example piano =
        targeted(pictures.bagel(), ImagenetPictures.BAGEL, ImagenetPictures.GRAND_PIANO);
    Example terrier = targeted(pictures.hog(), ImagenetPictures.HOG, ImagenetPictures.TERRIER);
    List<ImagenetResult.Crafted> crafted = new ArrayList<>();
    for (ImagenetSettings.Entrant e : settings.entrants()) {
      crafted.add(crafted(e));
    }
    Batch all = new Batch(pictures.x(), model.predict(pictures.x())); // right is what it says now
    List<ImagenetResult.Nearest> nearest = nearest(all);
    List<Curve> curves = List.of(curve(all), curve(nearest));
    Tensor both = Tensor.stack(terrier.clean(), terrier.adversarial());
    Heatmap maps = GradCam.last().heatmap(Question.of(model, both.reshape(shape(2))));
    ImagenetResult.Focus before = focus(terrier.clean(), terrier.before(), maps, 0);
    ImagenetResult.Focus after = focus(terrier.adversarial(), terrier.after(), maps, 1);
    return new ImagenetResult(
        settings,
        pictures,
        piano,
        terrier,
        crafted,
        nearest,
        curves,
        before,
        after,
        Agreement.of(before.map(), after.map()).get(0),
        (System.nanoTime() - start) / 1e9);
  }

  private Example targeted(int i, int label, int target) {
    String what = pictures.classNames().get(label) + " → " + pictures.classNames().get(target);
    Evaluation.Outcome o = attacked(settings.targeted(), pictures.batch(i), label, target, what);
    Tensor adversarial = o.x().reshape(model.example());
    Verdict before = pictures.verdict(pictures.picture(i));
    Verdict after = pictures.verdict(adversarial);
    line.accept(
        "%s, ε = %.4f: %s (%s) becomes %s (%s)"
            .formatted(
                pictures.files().get(i),
                o.ball().epsilon(),
                before.name(),
                percent(before.confidence()),
                after.name(),
                percent(after.confidence())));
    return new Example(
        i,
        pictures.classNames().get(label),
        pictures.picture(i),
        adversarial,
        before,
        after,
        o.ball(),
        o.distance()[0],
        o.attack());
  }

  /** Each row of x towards the target, from a random start of its own. */
  private Evaluation.Outcome attacked(Pgd pgd, Tensor x, int label, int target, String what) {
    int n = x.shape().dim(0);
    int[] labels = new int[n];
    int[] targets = new int[n];
    Arrays.fill(labels, label);
    Arrays.fill(targets, target);
    progress.at(0, n, what);
    Goal goal = Goal.targeted(labels, targets);
    Seeds seeds = Seeds.of(settings.seed(), n);
    return Evaluation.of(model, new Batch(x, labels), pgd, goal, seeds, named(what));
  }

  private ImagenetResult.Crafted crafted(ImagenetSettings.Entrant e) {
    Pgd pgd = settings.race().rule(StepRule.by(e.optimizer())).stepSize(e.optimizer().rate());
    Tensor hogs = pictures.batch(pictures.hog()).rows(new int[settings.starts()]);
    int target = ImagenetPictures.TERRIER;
    Evaluation.Outcome o =
        attacked(pgd, hogs, ImagenetPictures.HOG, target, "the hog, by " + e.name());
    double[][] p = Verdict.probabilities(model.scores(o.x()));
    ImagenetResult.Crafted crafted =
        new ImagenetResult.Crafted(
            e,
            Arrays.stream(p).map(row -> Verdict.of(row, pictures.classNames())).toList(),
            Arrays.stream(p).map(row -> row[target]).toList());
    line.accept(
        "%s: a %s from %s of %s starts in %s steps"
            .formatted(
                e.name(),
                pictures.classNames().get(target),
                crafted.reached(),
                settings.starts(),
                pgd.steps()));
    return crafted;
  }

  private List<ImagenetResult.Nearest> nearest(Batch all) {
    Evaluation.Outcome o =
        Evaluation.of(model, all).progress(named("DeepFool")).against(settings.nearest());
    return IntStream.range(0, all.size())
        .mapToObj(
            i ->
                new ImagenetResult.Nearest(
                    pictures.files().get(i),
                    pictures.verdict(pictures.picture(i)),
                    pictures.verdict(o.x().rows(i)),
                    o.success()[i] ? o.distance()[i] : Double.POSITIVE_INFINITY))
        .toList();
  }

  /** The share of the photographs that are farther than ε from another answer. */
  private Curve curve(List<ImagenetResult.Nearest> nearest) {
    String attack = settings.nearest().toString();
    List<Curve.Point> points = new ArrayList<>(List.of(start()));
    for (double epsilon : settings.radii()) {
      long left = nearest.stream().filter(n -> n.distance() > epsilon).count();
      points.add(new Curve.Point(epsilon, (double) left / nearest.size(), attack, 0, Cost.NONE));
    }
    return new Curve("DeepFool", points);
  }

  private Curve curve(Batch all) {
    Sweep sweep =
        Evaluation.of(model, all)
            .seed(settings.seed())
            .progress(named("PGD over ε"))
            .against(
                settings.curve(),
                settings.radii().stream().mapToDouble(Double::doubleValue).toArray());
    List<Curve.Point> points = new ArrayList<>(List.of(start()));
    for (Evaluation.Outcome o : sweep.outcomes()) {
      points.add(
          new Curve.Point(
              o.ball().epsilon(), o.robustAccuracy(), o.attack(), o.seconds(), o.cost()));
      line.accept(
          "PGD, ε = %.5f: %s of the photographs are recognised"
              .formatted(o.ball().epsilon(), percent(o.robustAccuracy())));
    }
    return new Curve("PGD", points);
  }

  private static Curve.Point start() {
    return new Curve.Point(0, 1, "none", 0, Cost.NONE);
  }

  private static ImagenetResult.Focus focus(Tensor picture, Verdict v, Heatmap maps, int i) {
    Tensor map = maps.values().slice(i, i + 1);
    return new ImagenetResult.Focus(picture, v, new Heatmap(map, maps.signed()));
  }

  private Shape shape(int n) {
    return Shape.of(n).concat(model.example());
  }

  private Progress named(String what) {
    return (done, total, ignored) -> progress.at(done, total, what);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
