package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.auto.Apgd;
import dev.bagel.adversarial.auto.Square;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of an audit: what is run beside an attack to see whether its figure can be trusted.
 * One step against many, a curve over the radius to where everything may change, twice the steps,
 * and queries without gradients. Carlini et al. 2019, "On evaluating adversarial robustness", §5.
 *
 * <p>A share is compared with a tolerance, of two inputs at least: attacks are random, and one
 * input more or less is no finding.
 *
 * @param examples the most inputs to look at; the first that the model is right on
 * @param steps of {@link Apgd} at each radius
 * @param queries of {@link Square} on what APGD leaves; 0: none, where an ensemble has run it
 * @param radii of the curve, as multiples of ε
 */
public record Audit(int examples, int steps, int queries, List<Double> radii) {
  private static final double SOME = 0.02; // a share that is more than chance
  private static final double ZERO = 0.05; // a share that is as good as 0
  private static final double SQUARE = 0.002; // AutoAttack's, for its last stage
  private static final int TWO = 2;

  static final String ONE_STEP = "one step";
  static final String TWICE = "twice the steps";
  static final String QUERIES = "queries";

  /** Keeps a copy. */
  public Audit {
    radii = List.copyOf(radii);
    if (examples < 1 || steps < 1 || queries < 0 || !radii.contains(1.0)) {
      throw new IllegalArgumentException(
          "an audit of %d inputs, %d steps, %d queries at %s ε: at least 1, 1, 0, and at ε itself"
              .formatted(examples, steps, queries, radii));
    }
  }

  /** 256 inputs, 100 steps, 1,000 queries, radii from ε/4 to 2ε. */
  public static Audit standard() {
    return new Audit(256, 100, 1000, List.of(0.25, 0.5, 0.75, 1.0, 1.5, 2.0));
  }

  public Audit examples(int examples) {
    return new Audit(examples, steps, queries, radii);
  }

  public Audit steps(int steps) {
    return new Audit(examples, steps, queries, radii);
  }

  public Audit queries(int queries) {
    return new Audit(examples, steps, queries, radii);
  }

  /** The attacks of the audit by name, those of the curve by their radius. */
  Map<String, BallAttack> legs(Ball ball, Bounds bounds, Tensor x) {
    Map<String, BallAttack> legs = new LinkedHashMap<>();
    for (double epsilon : epsilons(ball, bounds, x)) {
      legs.put(curve(epsilon), Apgd.in(ball.withEpsilon(epsilon)).steps(steps));
    }
    legs.put(ONE_STEP, Pgd.fgsm(ball));
    legs.put(TWICE, Apgd.in(ball).steps(2 * steps));
    if (queries > 0) {
      legs.put(QUERIES, Square.in(ball).queries(queries).scaled(true));
    }
    return legs;
  }

  static String curve(double epsilon) {
    return "ε = " + epsilon;
  }

  /** Those of the curve, and one at which an input may become any other. */
  List<Double> epsilons(Ball ball, Bounds bounds, Tensor x) {
    List<Double> epsilons = new ArrayList<>();
    radii.stream().sorted().forEach(r -> epsilons.add(r * ball.epsilon()));
    double all = everything(ball.norm(), bounds, x);
    epsilons.removeIf(e -> e >= all && e != ball.epsilon());
    if (all > epsilons.get(epsilons.size() - 1)) {
      epsilons.add(all);
    }
    return epsilons;
  }

  /** The longest way from one corner of the box to another; without a box, of the inputs. */
  private static double everything(Norm norm, Bounds bounds, Tensor x) {
    int d = x.size() / Math.max(1, x.shape().dim(0));
    double width = bounds.width();
    if (!bounds.isClosed()) {
      width = 2 * x.abs().maxTo(Shape.of()).item();
    }
    float[] delta = new float[d];
    Arrays.fill(delta, (float) width);
    return norm.length(delta);
  }

  /** The points of the curve among some stages, from the smallest radius on. */
  List<Point> points(List<Double> epsilons, Map<String, Stage> stages) {
    Map<Double, Double> curve = new TreeMap<>();
    for (double e : epsilons) {
      Stage stage = stages.get(curve(e));
      if (stage != null) {
        curve.put(e, stage.accuracy());
      }
    }
    return curve.entrySet().stream().map(e -> new Point(e.getKey(), e.getValue())).toList();
  }

  /** What the audit's own attacks say. */
  List<Finding> findings(Ball ball, List<Point> points, Map<String, Stage> stages, int audited) {
    List<Finding> findings = new ArrayList<>();
    double one = stages.get(ONE_STEP).accuracy();
    double apgd = stages.get(curve(ball.epsilon())).accuracy();
    if (isBelow(one, apgd, SOME, audited)) {
      findings.add(new Finding.SingleStepBeatsIterative(ball.epsilon(), one, apgd));
    }
    double twice = stages.get(TWICE).accuracy();
    if (isBelow(twice, apgd, SOME, audited)) {
      findings.add(new Finding.NotConverged(steps, apgd, twice));
    }
    if (stages.containsKey(QUERIES)) {
      queriesBeatGradients(QUERIES, apgd, stages.get(QUERIES).accuracy(), audited)
          .ifPresent(findings::add);
    }
    for (int i = 1; i < points.size(); i++) {
      Point a = points.get(i - 1);
      Point b = points.get(i);
      if (isBelow(a.accuracy(), b.accuracy(), SOME, audited)) {
        findings.add(
            new Finding.SuccessFallsWithRadius(
                a.epsilon(), a.accuracy(), b.epsilon(), b.accuracy()));
      }
    }
    Point last = points.get(points.size() - 1);
    if (isBelow(0, last.accuracy(), ZERO, audited)) {
      findings.add(new Finding.LargeRadiusDoesNotReachZero(last.epsilon(), last.accuracy()));
    }
    return findings;
  }

  /** The flag of AutoAttack, for an attack with queries alone after others. */
  static Optional<Finding> queriesBeatGradients(
      String attack, double before, double after, int of) {
    return isBelow(after, before, SQUARE, of)
        ? Optional.of(new Finding.QueriesBeatGradients(attack, before, after))
        : Optional.empty();
  }

  private static boolean isBelow(double a, double b, double tolerance, int of) {
    return b - a > tolerance && Math.round((b - a) * of) >= TWO;
  }
}
