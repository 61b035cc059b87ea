package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/** A run of {@link ZerothOrder}. */
final class CoordinateDescent {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double TINY = 1e-8;
  private static final double GROWTH = 10; // of c, while nothing is found

  /** One example's point, what its coordinates remember, and the c that it tries. */
  private final class Descent {
    private final float[] origin;
    private float[] x;
    private double[] m;
    private double[] v;
    private int[] t;
    private double c = settings.c();
    private double least;
    private double most = Double.POSITIVE_INFINITY;
    private boolean reached; // with this c

    Descent(float[] origin) {
      this.origin = origin;
      begin();
    }

    void begin() {
      x = origin.clone();
      m = new double[origin.length];
      v = new double[origin.length];
      t = new int[origin.length];
      reached = false;
    }

    /** Between what was too little and what was enough. */
    void nextC() {
      least = reached ? least : c;
      most = reached ? c : most;
      c = Double.isInfinite(most) ? c * GROWTH : (least + most) / 2;
    }

    /** The step of coordinate j with first and second difference g and hessian. */
    void step(int j, double g, double hessian) {
      if (settings.solver() == ZerothOrder.Solver.NEWTON) {
        x[j] -= (float) (settings.rate() * g / (hessian > 0 ? hessian : 1));
      } else {
        t[j]++;
        m[j] = BETA1 * m[j] + (1 - BETA1) * g;
        v[j] = BETA2 * v[j] + (1 - BETA2) * g * g;
        double mHat = m[j] / (1 - Math.pow(BETA1, t[j]));
        double vHat = v[j] / (1 - Math.pow(BETA2, t[j]));
        x[j] -=
            (float)
                (settings.rate() * Ball.reach(scores.bounds()) * mHat / (Math.sqrt(vHat) + TINY));
      }
      x[j] = Math.min(scores.bounds().high(), Math.max(scores.bounds().low(), x[j]));
    }

    /** ‖x − x₀‖² + c·max(0, −margin) less ‖x − x₀‖² of the coordinates that stay. */
    double objective(int j, double at, double margin) {
      double delta = at - origin[j];
      return delta * delta + c * Math.max(0, -margin);
    }
  }

  private final ZerothOrder settings;
  private final Scores scores;
  private final Shape shape;
  private final Seeds seeds;
  private final Descent[] descents;
  private final float[][] nearest;
  private final double[] distance;

  CoordinateDescent(ZerothOrder settings, Scores scores, Tensor x, Seeds seeds) {
    this.settings = settings;
    this.scores = scores;
    this.seeds = seeds;
    shape = x.shape();
    descents = new Descent[shape.dim(0)];
    float[][] rows = Hunt.rows(x);
    Arrays.setAll(descents, i -> new Descent(rows[i]));
    nearest = new float[descents.length][];
    distance = Degrade.filled(descents.length, Double.POSITIVE_INFINITY);
  }

  Found found() {
    for (int search = 0; search < settings.searches(); search++) {
      int[] who = asking();
      for (int t = 0; t < settings.iterations() && who.length > 0; t++) {
        int chunk = Math.max(1, Points.TOGETHER / (1 + 2 * coordinates()));
        for (int from = 0; from < who.length; from += chunk) {
          int to = Math.min(who.length, from + chunk);
          iterate(Arrays.copyOfRange(who, from, to), seeds.at(search).at(t));
        }
        who = asking();
      }
      for (Descent descent : descents) {
        descent.nextC();
        descent.begin();
      }
    }
    return result();
  }

  /** Those who can pay for a whole step. */
  private int[] asking() {
    return Arrays.stream(Ledger.all(descents.length))
        .filter(i -> scores.left(i) >= 1 + 2L * coordinates())
        .toArray();
  }

  private int coordinates() {
    return Math.min(settings.coordinates(), shape.size() / shape.dim(0));
  }

  /** Asks at x, and on both sides of it along random coordinates, which then take their steps. */
  private void iterate(int[] who, Seeds seeds) {
    int[][] chosen = new int[descents.length][];
    Points points = new Points(shape, Bounds.NONE);
    for (int i : who) {
      float[] x = descents[i].x;
      points.add(i, x.clone());
      chosen[i] = distinct(seeds.example(i), x.length);
      for (int j : chosen[i]) {
        points.add(i, moved(x, j, high(x[j])));
        points.add(i, moved(x, j, low(x[j])));
      }
    }
    Scores.Told told = scores.at(settings.surrogate(), points.tensor(), points.whose());
    int k = 0;
    for (int i : who) {
      offer(i, told.reached()[k]);
      double here = told.values()[k++];
      for (int j : chosen[i]) {
        step(descents[i], j, here, told.values()[k], told.values()[k + 1]);
        k += 2;
      }
    }
  }

  /** The points on both sides are valid, too: at a bound, a difference is one-sided. */
  private float high(float x) {
    return (float) Math.min(scores.bounds().high(), x + settings.h() * Ball.reach(scores.bounds()));
  }

  private float low(float x) {
    return (float) Math.max(scores.bounds().low(), x - settings.h() * Ball.reach(scores.bounds()));
  }

  private void step(Descent descent, int j, double here, double up, double down) {
    double x = descent.x[j];
    double a = high(descent.x[j]) - x;
    double b = x - low(descent.x[j]);
    if (a + b == 0) {
      return; // h is less than the rounding of so large an input
    }
    double f = descent.objective(j, x, here);
    double rise = descent.objective(j, x + a, up) - f;
    double fall = f - descent.objective(j, x - b, down);
    double g = (rise + fall) / (a + b);
    double hessian = a > 0 && b > 0 ? 2 * (rise / a - fall / b) / (a + b) : 0;
    descent.step(j, g, hessian);
  }

  private static float[] moved(float[] x, int j, float v) {
    float[] p = x.clone();
    p[j] = v;
    return p;
  }

  /** Different coordinates, at random: the head of a permutation. */
  private int[] distinct(Rng rng, int d) {
    return Arrays.copyOf(rng.permutation(d), coordinates());
  }

  private void offer(int i, boolean reached) {
    if (reached) {
      descents[i].reached = true;
      double length = Norm.L2.length(Normals.moved(descents[i].x, descents[i].origin, -1));
      if (length < distance[i]) {
        distance[i] = length;
        nearest[i] = descents[i].x.clone();
      }
    }
  }

  private Found result() {
    Points result = new Points(shape, Bounds.NONE);
    boolean[] success = new boolean[descents.length];
    for (int i = 0; i < descents.length; i++) {
      success[i] = nearest[i] != null;
      result.add(i, success[i] ? nearest[i] : descents[i].origin);
    }
    return new Found(result.tensor(), success, Cost.NONE);
  }
}
