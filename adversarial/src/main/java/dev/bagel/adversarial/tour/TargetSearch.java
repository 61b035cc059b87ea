package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Looks for the most absurd success of a targeted attack: of all pairs of an image that the net is
 * sure of and a class that it is not, where it can be made sure of that other class, the one whose
 * target it found least likely before.
 */
final class TargetSearch {
  /**
   * How far to look.
   *
   * @param perClass the first so many images of each class are tried
   * @param confidence how sure the net must be, before and after
   * @param radii which ε to try, one after the other, until there is a success
   */
  public record Settings(int perClass, double confidence, List<Double> radii) {
    public Settings {
      radii = List.copyOf(radii);
    }
  }

  /** An image and what it is to become. */
  private record Pair(int image, int target) {}

  /** What was found at one ε. */
  record Hit(Example example, int target, double doubt, int pairs, int successes) {}

  private final Settings settings;
  private final Pgd attack;
  private final Model model;
  private final Batch test;
  private final List<String> names;
  private final Rng rng;
  private final double[][] clean;

  TargetSearch(TourSettings tour, Model model, Batch test, List<String> names) {
    this.settings = tour.targeting();
    this.attack = tour.attack().untilSuccess(false); // on, to where the net is sure
    this.model = model;
    this.test = test;
    this.names = names;
    this.rng = Rng.of(tour.seed()).at("targeted");
    this.clean = Verdict.probabilities(model.scores(test.x()));
  }

  Optional<Hit> find(Progress progress) {
    List<Pair> pairs = pairs();
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    for (double epsilon : settings.radii()) {
      Optional<Hit> hit = find(pairs, epsilon, progress);
      if (hit.isPresent()) {
        return hit;
      }
    }
    return Optional.empty();
  }

  private List<Pair> pairs() {
    int[] taken = new int[names.size()];
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < test.size(); i++) {
      Verdict v = Verdict.of(clean[i], names);
      int label = test.labels()[i];
      if (v.predicted() == label
          && v.confidence() >= settings.confidence()
          && taken[label]++ < settings.perClass()) {
        for (int t = 0; t < names.size(); t++) {
          if (t != label) {
            pairs.add(new Pair(i, t));
          }
        }
      }
    }
    return pairs;
  }

  private Optional<Hit> find(List<Pair> pairs, double epsilon, Progress progress) {
    Evaluation.Outcome o = attacked(model, pairs, epsilon, progress);
    double[][] after = Verdict.probabilities(model.scores(o.x()));
    int best = -1;
    int successes = 0;
    for (int p = 0; p < pairs.size(); p++) {
      successes += o.success()[p] ? 1 : 0;
      boolean sure = after[p][pairs.get(p).target()] >= settings.confidence();
      if (o.success()[p] && sure && (best < 0 || doubt(pairs.get(p)) < doubt(pairs.get(best)))) {
        best = p;
      }
    }
    if (best < 0) {
      return Optional.empty();
    }
    Pair pair = pairs.get(best);
    Example example = example(o, best, pair, clean[pair.image()], after[best]);
    return Optional.of(new Hit(example, pair.target(), doubt(pair), pairs.size(), successes));
  }

  /** The same attack on another net. */
  Example repeat(Hit hit, Model other) {
    Pair pair = new Pair(hit.example().number(), hit.target());
    double epsilon = hit.example().ball().epsilon();
    Evaluation.Outcome o = attacked(other, List.of(pair), epsilon, Progress.NONE);
    double[][] before = Verdict.probabilities(other.scores(test.x().rows(pair.image())));
    double[][] after = Verdict.probabilities(other.scores(o.x()));
    return example(o, 0, pair, before[0], after[0]);
  }

  private Evaluation.Outcome attacked(
      Model net, List<Pair> pairs, double epsilon, Progress progress) {
    int[] images = pairs.stream().mapToInt(Pair::image).toArray();
    int[] targets = pairs.stream().mapToInt(Pair::target).toArray();
    int[] labels = Arrays.stream(images).map(i -> test.labels()[i]).toArray();
    int[] streams =
        IntStream.range(0, images.length).map(p -> images[p] * names.size() + targets[p]).toArray();
    return Evaluation.of(
        net,
        new Batch(test.x().rows(images), labels),
        attack.within(epsilon),
        Goal.targeted(labels, targets),
        new Seeds(rng, streams),
        progress);
  }

  private Example example(
      Evaluation.Outcome o, int row, Pair pair, double[] before, double[] after) {
    return new Example(
        pair.image(),
        names.get(test.labels()[pair.image()]),
        test.x().rows(pair.image()).reshape(model.example()),
        o.x().rows(row).reshape(model.example()),
        Verdict.of(before, names),
        Verdict.of(after, names),
        o.ball(),
        o.distance()[row],
        o.attack());
  }

  private double doubt(Pair pair) {
    return clean[pair.image()][pair.target()];
  }
}
