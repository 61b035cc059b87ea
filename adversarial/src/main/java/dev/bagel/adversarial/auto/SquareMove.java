package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.auto.Pixels.Window;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Where {@link Square} begins and what it tries next, for one example at a time. Randomness: a
 * stream for each query of an example.
 */
final class SquareMove {
  private static final int TILES = 5; // a side of the first pattern, in ℓ2 and ℓ1
  private static final int LEAST = 3; // pixels of a side, in ℓ2 and ℓ1

  private final Norm norm;
  private final double epsilon;
  private final Pixels pixels;
  private final Bounds bounds;
  private final float[] x0;
  private final int d;
  private final double[] delta;

  SquareMove(Square square, Pixels pixels, Bounds bounds, Tensor x0) {
    norm = square.ball().norm();
    epsilon = square.ball().epsilon();
    this.pixels = pixels;
    this.bounds = bounds;
    this.x0 = x0.array();
    d = pixels.c() * pixels.h() * pixels.w();
    delta = new double[d];
  }

  /** ℓ∞: vertical stripes, §3.3; ℓ2 and ℓ1: a tile pattern over all of the image. */
  void begin(int i, Rows to, Rng rng) {
    if (norm == Norm.LINF) {
      for (int j = 0; j < d; j++) {
        int stripe = j / (pixels.h() * pixels.w()) * pixels.w() + j % pixels.w();
        delta[j] = sign(rng, stripe) * epsilon;
      }
    } else {
      tiles(rng);
    }
    write(i, to);
  }

  private void tiles(Rng rng) {
    Arrays.fill(delta, 0);
    int side = Math.max(1, (pixels.h() == 1 ? pixels.w() : pixels.h()) / TILES);
    int draw = 0;
    for (int top = 0; top < pixels.h(); top += side) {
      for (int left = 0; left < pixels.w(); left += side) {
        Window tile =
            new Window(
                top, left, Math.min(side, pixels.h() - top), Math.min(side, pixels.w() - left));
        Patch patch = Patch.of(norm, tile.h(), tile.w(), rng.bits(draw++) < 0);
        for (int c = 0; c < pixels.c(); c++) {
          double sign = sign(rng, draw++);
          add(patch, tile, c, sign, 1);
        }
      }
    }
  }

  /** delta ← keep · delta + by · patch, in a window of a channel. */
  private void add(Patch patch, Window at, int c, double by, double keep) {
    for (int y = 0; y < at.h(); y++) {
      for (int x = 0; x < at.w(); x++) {
        int j = pixels.at(c, at.top() + y, at.left() + x);
        delta[j] = keep * delta[j] + by * patch.values()[y * at.w() + x];
      }
    }
  }

  private static double sign(Rng rng, int draw) {
    return rng.bits(draw) < 0 ? -1 : 1;
  }

  /** The next try, from the best point so far. */
  void propose(int i, double share, Rows best, Rows to, Rng rng) {
    for (int j = 0; j < d; j++) {
      delta[j] = (double) best.array()[i * d + j] - x0[i * d + j];
    }
    if (norm == Norm.LINF) {
      recolour(window(Math.max(1, pixels.side(share)), rng, 0), rng);
    } else {
      int side = Math.max(LEAST, pixels.side(share)) | 1; // odd, to have a middle
      transfer(window(side, rng, 0), window(side, rng, 2), rng);
    }
    write(i, to);
  }

  private Window window(int side, Rng rng, int draw) {
    int top = rng.below(draw, pixels.h() - Math.min(side, pixels.h()) + 1);
    int left = rng.below(draw + 1, pixels.w() - Math.min(side, pixels.w()) + 1);
    return pixels.window(side, top, left);
  }

  /** Algorithm 2: one of ±ε in every channel of a window. */
  private void recolour(Window at, Rng rng) {
    for (int c = 0; c < pixels.c(); c++) {
      double value = sign(rng, 4 + c) * epsilon;
      for (int y = at.top(); y < at.top() + at.h(); y++) {
        for (int x = at.left(); x < at.left() + at.w(); x++) {
          delta[pixels.at(c, y, x)] = value;
        }
      }
    }
  }

  /**
   * Algorithm 3: the budget of one window goes to another one, which keeps its pattern in part and
   * gets a new one on top.
   */
  private void transfer(Window to, Window from, Rng rng) {
    double all = 0;
    double inWindows = 0;
    for (int j = 0; j < d; j++) {
      double size = size(delta[j]);
      boolean inside = isIn(to, j) || isIn(from, j);
      all += size;
      inWindows += inside ? size : 0;
    }
    double whole = norm == Norm.L1 ? epsilon : epsilon * epsilon;
    double budget = Math.max(0, whole - all) / pixels.c() + inWindows; // ℓ2: per channel, squared
    if (norm == Norm.L1) {
      budget *= pixels.c();
    }
    Patch patch = Patch.of(norm, to.h(), to.w(), rng.bits(4) < 0);
    double[] signs = new double[pixels.c()];
    double[][] fresh = new double[pixels.c()][];
    for (int c = 0; c < pixels.c(); c++) {
      signs[c] = sign(rng, 5 + c);
      fresh[c] = mixed(patch, to, c, signs[c], norm == Norm.L1 ? budget : Math.sqrt(budget));
    }
    for (int j = 0; j < d; j++) {
      delta[j] = isIn(from, j) ? 0 : delta[j];
    }
    for (int c = 0; c < pixels.c(); c++) {
      add(new Patch(to.h(), to.w(), fresh[c]), to, c, 1, 0);
    }
  }

  /** The pattern, plus what is in the window scaled to the same length, scaled to this length. */
  private double[] mixed(Patch patch, Window at, int c, double sign, double length) {
    double[] mixed = new double[at.h() * at.w()];
    double old = 0;
    for (int k = 0; k < mixed.length; k++) {
      mixed[k] = delta[pixels.at(c, at.top() + k / at.w(), at.left() + k % at.w())];
      old += size(mixed[k]);
    }
    old = 1e-12 + root(old);
    double sum = 0;
    for (int k = 0; k < mixed.length; k++) {
      mixed[k] = mixed[k] / old + sign * patch.values()[k];
      sum += size(mixed[k]);
    }
    double by = length / (1e-12 + root(sum));
    for (int k = 0; k < mixed.length; k++) {
      mixed[k] *= by;
    }
    return mixed;
  }

  private double size(double v) {
    return norm == Norm.L1 ? Math.abs(v) : v * v;
  }

  private double root(double sum) {
    return norm == Norm.L1 ? sum : Math.sqrt(sum);
  }

  private boolean isIn(Window w, int j) {
    return w.has(j / pixels.w() % pixels.h(), j % pixels.w());
  }

  /** The point of this perturbation in ball and box: in ℓ2 as long as the radius before the box. */
  private void write(int i, Rows to) {
    double by = 1;
    if (norm == Norm.L2) {
      double square = 0;
      for (double v : delta) {
        square += v * v;
      }
      by = square > 0 ? epsilon * (1 - 1e-7) / Math.sqrt(square) : 1;
    }
    float[] x = to.array();
    for (int j = 0; j < d; j++) {
      int at = i * d + j;
      float moved = (float) (x0[at] + by * delta[j]);
      x[at] = norm == Norm.L1 ? moved : Math.min(bounds.high(), Math.max(bounds.low(), moved));
    }
    if (norm == Norm.L1) {
      L1Box.project(x, x0, i * d, d, epsilon, bounds);
    }
  }
}
