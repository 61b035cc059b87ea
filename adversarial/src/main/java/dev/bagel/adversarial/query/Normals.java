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

  private Normals() {}

  /**
   * Estimates Σ (φ_b − mean φ) u_b, where φ_b = ±1 says whether x + δu_b reaches the goal: Chen,
   * Jordan and Wainwright 2020, Eq. (16), scaled to ℓ2 length 1. u_b is the direction in which the
   * point lies after clipping. If all φ agree, the mean is not subtracted.
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
    double[][] yes = new double[hunt.n][];
    double[][] all = new double[hunt.n][];
    int[] phi = new int[hunt.n];
    for (int i : who) {
      yes[i] = new double[hunt.d];
      all[i] = new double[hunt.d];
    }
    int chunk = Math.max(1, Points.TOGETHER / Math.max(1, who.length));
    int most = Arrays.stream(who).map(i -> evaluations[i]).max().orElse(0);
    for (int from = 0; from < most; from += chunk) {
      Points near = hunt.points();
      for (int b = from; b < from + chunk; b++) {
        int turn = b;
        for (int i : Arrays.stream(who).filter(i -> turn < evaluations[i]).toArray()) {
          float[] u = directions.draw(hunt.d, seeds.example(i).at(b));
          near.add(i, moved(x[i], u, delta[i]));
        }
      }
      boolean[] reached = hunt.reached(near);
      for (int k = 0; k < reached.length; k++) {
        int i = near.whose(k);
        phi[i] += reached[k] ? 1 : -1;
        for (int j = 0; j < hunt.d; j++) {
          double u = (double) near.row(k)[j] - x[i][j];
          all[i][j] += u;
          yes[i][j] += reached[k] ? u : -u;
        }
      }
    }
    float[][] v = new float[hunt.n][];
    for (int i : who) {
      double mean = (double) phi[i] / evaluations[i];
      v[i] = new float[hunt.d];
      for (int j = 0; j < hunt.d; j++) {
        double centre = Math.abs(mean) == 1 ? 0 : mean * all[i][j];
        v[i][j] = (float) ((yes[i][j] - centre) / delta[i]);
      }
      scaled(v[i], 1 / Math.max(Norm.TINY, Norm.L2.length(v[i])));
    }
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
