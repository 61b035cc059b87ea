package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import java.util.Arrays;

/** A run of {@link HopSkipJump}. */
final class Hops {
  private static final int HALVINGS = 40; // of a step, after which it is not taken
  private static final double COARSEST = 1e-3; // with few elements θ is hardly a tolerance

  private final HopSkipJump settings;
  private final Hunt hunt;
  private final Seeds seeds;
  private final float[][] x;
  private int[] who;

  Hops(HopSkipJump settings, Hunt hunt, Seeds seeds) {
    this.settings = settings;
    this.hunt = hunt;
    this.seeds = seeds;
    x = new float[hunt.n][];
  }

  Found found() {
    who = hunt.startedBy(settings.start(), seeds.at("start"));
    for (int i : who) {
      x[i] = hunt.nearest(i);
    }
    toTheBoundary();
    for (int t = 1; t <= settings.steps() && who.length > 0; t++) {
      float[][] v = normals(t);
      hop(t, v);
      toTheBoundary();
      who = hunt.asking(who);
    }
    return hunt.result();
  }

  private double theta() {
    double d = hunt.d;
    return settings.gamma() / (isL2() ? d * Math.sqrt(d) : d * d);
  }

  private boolean isL2() {
    return settings.norm() == Norm.L2;
  }

  /** BIN-SEARCH, Algorithm 1: along the segment, or from smaller and smaller boxes. */
  private void toTheBoundary() {
    Bisection.Line line = isL2() ? Bisection.segments(hunt.origin, x.clone()) : boxes(x.clone());
    double[] high = Degrade.filled(hunt.n, 1);
    Bisection.run(
        hunt,
        who,
        line,
        new double[hunt.n],
        high,
        Degrade.filled(hunt.n, Math.min(theta(), COARSEST)));
    for (int i : who) {
      x[i] = high[i] == 1 ? x[i] : line.at(i, high[i]);
    }
  }

  private Bisection.Line boxes(float[][] from) {
    return (i, s) -> {
      float[] o = hunt.origin[i];
      double radius = s * hunt.distance(i, from[i]);
      float[] p = new float[hunt.d];
      for (int j = 0; j < p.length; j++) {
        double delta = (double) from[i][j] - o[j];
        p[j] = (float) (o[j] + Math.max(-radius, Math.min(radius, delta)));
      }
      return p;
    };
  }

  /** The direction of the step: Eq. (16), its sign in ℓ∞. */
  private float[][] normals(int t) {
    int evaluations =
        (int) Math.min(settings.firstEvaluations() * Math.sqrt(t), settings.mostEvaluations());
    double[] delta = new double[hunt.n];
    for (int i : who) {
      delta[i] =
          t == 1
              ? 0.1 * Ball.reach(hunt.bounds())
              : reach() * theta() * hunt.distance(i, x[i]); // δ_t
    }
    Normals.Directions law = isL2() ? Normals.Directions.GAUSSIAN : Normals.Directions.UNIFORM;
    Seeds stream = seeds.at("normal").at(t);
    int[] each = new int[hunt.n];
    Arrays.fill(each, evaluations);
    float[][] v = Normals.at(hunt, who, x, delta, each, law, stream);
    for (int i : who) {
      v[i] = isL2() ? v[i] : Normals.signs(v[i]);
    }
    return v;
  }

  private double reach() {
    return isL2() ? Math.sqrt(hunt.d) : hunt.d;
  }

  /** GEOMETRIC-PROGRESSION: ξ_t = ‖x_t − x*‖/√t, halved until the step reaches the goal. */
  private void hop(int t, float[][] v) {
    double[] xi = new double[hunt.n];
    for (int i : who) {
      xi[i] = hunt.distance(i, x[i]) / Math.sqrt(t);
    }
    int[] open = who;
    for (int h = 0; h < HALVINGS && open.length > 0; h++) {
      Points steps = hunt.points();
      for (int i : open) {
        steps.add(i, Normals.moved(x[i], v[i], xi[i]));
      }
      boolean[] reached = hunt.reached(steps);
      for (int k = 0; k < reached.length; k++) {
        int i = open[k];
        x[i] = reached[k] ? steps.row(k) : x[i];
        xi[i] /= 2;
      }
      int[] tried = open;
      open =
          Arrays.stream(Ledger.all(tried.length))
              .filter(k -> !reached[k] && hunt.labels.left(tried[k]) > 0)
              .map(k -> tried[k])
              .toArray();
    }
  }
}
