package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import java.util.Arrays;

/** A run of {@link SignOpt}. */
final class SignDescent {
  private static final int TRIES = 15; // longer steps, or shorter ones

  private final SignOpt settings;
  private final Hunt hunt;
  private final Seeds seeds;
  private final float[][] theta; // directions of length 1
  private final double[] g; // how far the boundary is along them
  private final double[] alpha;
  private final double[] beta;
  private int[] who;

  SignDescent(SignOpt settings, Hunt hunt, Seeds seeds) {
    this.settings = settings;
    this.hunt = hunt;
    this.seeds = seeds;
    theta = new float[hunt.n][];
    g = new double[hunt.n];
    alpha = Degrade.filled(hunt.n, settings.alpha());
    beta = Degrade.filled(hunt.n, settings.beta());
  }

  Found found() {
    who = hunt.startedBy(settings.start(), seeds.at("start"));
    for (int i : who) {
      float[] way = Normals.moved(hunt.nearest(i), hunt.origin[i], -1);
      g[i] = Norm.L2.length(way);
      theta[i] = unit(way);
    }
    toTheBoundary(who, theta, g);
    for (int t = 1; t <= settings.steps() && who.length > 0; t++) {
      descend(gradients(t));
      who = Arrays.stream(hunt.asking(who)).filter(i -> beta[i] > 1e-8).toArray();
    }
    return hunt.result();
  }

  private static float[] unit(float[] u) {
    return Normals.scaled(u, 1 / Math.max(Norm.TINY, Norm.L2.length(u)));
  }

  /** Moves the distances, at which the goal is reached, down to the boundary. */
  private void toTheBoundary(int[] who, float[][] theta, double[] g) {
    double[] tolerance = new double[hunt.n];
    for (int i : who) {
      tolerance[i] = Math.max(beta[i] / 500, 1e-7) * g[i];
    }
    Bisection.Line ray = (i, s) -> Normals.moved(hunt.origin[i], theta[i], s);
    Bisection.run(hunt, who, ray, new double[hunt.n], g, tolerance);
  }

  /** ĝ = 1/Q Σ sign(g(θ + βu) − g(θ)) u: Eq. (3). At g(θ), the nearer direction is over there. */
  private double[][] gradients(int t) {
    double[][] sum = new double[hunt.n][];
    for (int i : who) {
      sum[i] = new double[hunt.d];
    }
    int chunk = Math.max(1, Points.TOGETHER / who.length);
    for (int from = 0; from < settings.directions(); from += chunk) {
      int to = Math.min(settings.directions(), from + chunk);
      float[][][] u = new float[to - from][hunt.n][];
      Points near = hunt.points();
      for (int q = from; q < to; q++) {
        for (int i : who) {
          u[q - from][i] =
              Normals.Directions.GAUSSIAN.draw(hunt.d, seeds.example(i).at("slope").at(t).at(q));
          float[] turned = unit(Normals.moved(theta[i], u[q - from][i], beta[i]));
          near.add(i, Normals.moved(hunt.origin[i], turned, g[i]));
        }
      }
      boolean[] reached = hunt.reached(near);
      for (int k = 0; k < reached.length; k++) {
        int i = near.whose(k);
        for (int j = 0; j < hunt.d; j++) {
          sum[i][j] += (reached[k] ? -1 : 1) * u[k / who.length][i][j] / settings.directions();
        }
      }
    }
    return sum;
  }

  /**
   * Doubles the step as long as that helps; if the first does not help, quarters it until one does.
   */
  private void descend(double[][] gradient) {
    int[] helped = steps(who, gradient, 2);
    int[] rest = minus(who, helped);
    for (int i : rest) {
      alpha[i] *= 0.25;
    }
    int[] saved = steps(rest, gradient, 0.25);
    for (int i : minus(rest, saved)) { // what is compared is too far apart
      alpha[i] = settings.alpha();
      beta[i] *= 0.1;
    }
  }

  /**
   * Tries steps of α times 1, factor, factor² …: longer ones until one does not help any more,
   * shorter ones until one helps. Returns whom any has helped.
   */
  private int[] steps(int[] whom, double[][] gradient, double factor) {
    boolean[] helped = new boolean[hunt.n];
    double[] length = alpha.clone();
    float[][] base = theta.clone();
    int[] open = whom;
    for (int tries = 0; tries < TRIES && open.length > 0; tries++) {
      float[][] next = new float[hunt.n][];
      for (int i : open) {
        next[i] = turned(base[i], gradient[i], length[i]);
      }
      int[] nearer = improved(open, next);
      for (int i : nearer) {
        helped[i] = true;
        alpha[i] = length[i];
      }
      for (int i : open) {
        length[i] *= factor;
      }
      open = factor > 1 ? nearer : minus(open, nearer);
      open = hunt.asking(open);
    }
    return Arrays.stream(whom).filter(i -> helped[i]).toArray();
  }

  private static float[] turned(float[] theta, double[] gradient, double step) {
    float[] p = new float[theta.length];
    for (int j = 0; j < p.length; j++) {
      p[j] = (float) (theta[j] - step * gradient[j]);
    }
    return unit(p);
  }

  /** Takes those of the new directions along which the boundary is nearer; whose are. */
  private int[] improved(int[] open, float[][] next) {
    Points points = hunt.points();
    for (int i : open) {
      points.add(i, Normals.moved(hunt.origin[i], next[i], g[i]));
    }
    boolean[] reached = hunt.reached(points);
    int[] nearer =
        Arrays.stream(Ledger.all(open.length)).filter(k -> reached[k]).map(k -> open[k]).toArray();
    double[] distance = g.clone();
    toTheBoundary(nearer, next, distance);
    int[] better = Arrays.stream(nearer).filter(i -> distance[i] < g[i]).toArray();
    for (int i : better) {
      g[i] = distance[i];
      theta[i] = next[i];
    }
    return better;
  }

  private static int[] minus(int[] all, int[] some) {
    return Arrays.stream(all).filter(i -> Arrays.stream(some).noneMatch(k -> k == i)).toArray();
  }
}
