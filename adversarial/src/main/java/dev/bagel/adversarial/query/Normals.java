package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import java.util.Arrays;

/**
 * The normal of the boundary at a point of it, from decisions at random points near by: the mean of
 * the directions, those that lead to the goal counted with + and the others with −.
 */
final class Normals {
  /** A law of directions, each of ℓ2 length 1. */
  enum Directions {
    GAUSSIAN {
      @Override
      double element(Rng rng, int j) {
        return rng.gaussian(j);
      }
    },
    UNIFORM {
      @Override
      double element(Rng rng, int j) {
        return 2 * rng.uniformDouble(j) - 1;
      }
    };

    abstract double element(Rng rng, int j);

    float[] draw(int d, Rng rng) {
      float[] u = new float[d];
      for (int j = 0; j < d; j++) {
        u[j] = (float) element(rng, j);
      }
      return scaled(u, 1 / Math.max(Norm.TINY, Norm.L2.length(u)));
    }
  }

  /** What the directions from one point sum up to. */
  private static final class Sums {
    private final float[] x;
    private final double[] signed;
    private final double[] plain;
    private int phi;
    private int n;

    Sums(float... x) {
      this.x = x;
      signed = new double[x.length];
      plain = new double[x.length];
    }

    /** Counts the direction in which a point lies after clipping. */
    void add(float[] point, boolean reached) {
      n++;
      phi += reached ? 1 : -1;
      for (int j = 0; j < x.length; j++) {
        double u = (double) point[j] - x[j];
        plain[j] += u;
        signed[j] += reached ? u : -u;
      }
    }

    /** Σ (φ_b − mean φ) u_b, of length 1; if all φ agree, the mean is not subtracted. */
    float[] normal() {
      double mean = Math.abs(phi) == n ? 0 : (double) phi / n;
      float[] v = new float[x.length];
      double[] sum = new double[x.length];
      double square = 0;
      for (int j = 0; j < v.length; j++) {
        sum[j] = signed[j] - mean * plain[j];
        square += sum[j] * sum[j];
      }
      for (int j = 0; j < v.length; j++) {
        v[j] = (float) (sum[j] / Math.max(Norm.TINY, Math.sqrt(square)));
      }
      return v;
    }
  }

  private Normals() {}

  /**
   * Estimates the normals of length 1, where φ_b = ±1 says whether x + δu_b reaches the goal: Chen,
   * Jordan and Wainwright 2020, Eq. (16).
   *
   * @param who the examples
   * @param x their points on the boundary, by example
   * @param delta how far to look, by example
   * @param evaluations how many directions are looked in, by example
   * @param seeds the randomness of this estimate
   */
  static float[][] at(
      Hunt hunt,
      int[] who,
      float[][] x,
      double[] delta,
      int[] evaluations,
      Directions directions,
      Seeds seeds) {
    Sums[] sums = new Sums[hunt.n];
    Arrays.stream(who).forEach(i -> sums[i] = new Sums(x[i]));
    int chunk = Math.max(1, Points.TOGETHER / Math.max(1, who.length));
    int most = Arrays.stream(who).map(i -> evaluations[i]).max().orElse(0);
    for (int from = 0; from < most && hunt.asking(who).length > 0; from += chunk) {
      Points near = hunt.points();
      for (int i : who) {
        for (int b = from; b < Math.min(evaluations[i], from + chunk); b++) {
          float[] u = directions.draw(hunt.d, seeds.example(i).at(b));
          near.add(i, moved(x[i], u, delta[i]));
        }
      }
      boolean[] reached = hunt.reached(near);
      for (int k = 0; k < reached.length; k++) {
        sums[near.whose(k)].add(near.row(k), reached[k]);
      }
    }
    float[][] v = new float[hunt.n][];
    Arrays.stream(who).forEach(i -> v[i] = sums[i].normal());
    return v;
  }

  /** x + s·u. */
  static float[] moved(float[] x, float[] u, double s) {
    float[] p = new float[x.length];
    for (int j = 0; j < p.length; j++) {
      p[j] = (float) (x[j] + s * u[j]);
    }
    return p;
  }

  /** u, each element times s, in place. */
  static float[] scaled(float[] u, double s) {
    for (int j = 0; j < u.length; j++) {
      u[j] = (float) (u[j] * s);
    }
    return u;
  }

  /** The signs, in place. */
  static float[] signs(float[] u) {
    for (int j = 0; j < u.length; j++) {
      u[j] = Math.signum(u[j]);
    }
    return u;
  }
}
