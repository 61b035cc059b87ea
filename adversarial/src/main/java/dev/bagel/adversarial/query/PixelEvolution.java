package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import java.util.Arrays;

/**
 * A run of {@link OnePixel}. A candidate is k pixels of 2 + C numbers each: row and column in 0 …
 * 1, and the channels' values.
 */
final class PixelEvolution {
  private final OnePixel settings;
  private final Climbers climbers;
  private final Seeds seeds;
  private final int channels;
  private final int h;
  private final int w;
  private final int pixels;
  private final double[][][] candidates; // [example][candidate][gene]
  private final double[][] fitness;

  PixelEvolution(OnePixel settings, Climbers climbers, Seeds seeds) {
    this.settings = settings;
    this.climbers = climbers;
    this.seeds = seeds;
    Degradation.width(climbers.bounds(), settings);
    int rank = climbers.shape.rank();
    h = rank > 2 ? climbers.shape.dim(rank - 2) : 1;
    w = climbers.shape.dim(rank - 1);
    channels = climbers.d / (h * w);
    pixels = (int) Math.min(settings.ball().epsilon() / channels, (double) h * w);
    candidates = new double[climbers.n][][];
    fitness = new double[climbers.n][];
  }

  Found found() {
    if (pixels == 0) {
      return climbers.result(); // the ball is smaller than a pixel
    }
    for (int i = 0; i < climbers.n; i++) {
      candidates[i] = first(seeds.example(i).at("first"));
      fitness[i] = Degrade.filled(settings.population(), Double.NEGATIVE_INFINITY);
    }
    select(climbers.climbing(), candidates);
    for (int g = 1; g <= settings.generations() && climbers.isClimbing(); g++) {
      double[][][] children = new double[climbers.n][][];
      for (int i : climbers.climbing()) {
        children[i] = children(candidates[i], seeds.example(i).at("generation").at(g));
      }
      select(climbers.climbing(), children);
    }
    return climbers.result();
  }

  /** Places anywhere, values normal around the middle of the range. */
  private double[][] first(Rng rng) {
    double[][] first = new double[settings.population()][pixels * genes()];
    for (int c = 0; c < first.length; c++) {
      for (int g = 0; g < first[c].length; g++) {
        first[c][g] =
            g % genes() < 2
                ? rng.at(c).uniformDouble(g)
                : middle() + climbers.bounds().width() / 2 * rng.at(c).gaussian(g);
      }
    }
    return first;
  }

  private double middle() {
    return climbers.bounds().low() + climbers.bounds().width() / 2;
  }

  private int genes() {
    return 2 + channels;
  }

  /** c₁ + F(c₂ − c₃) of three others: Eq. (3). A place outside the image is drawn anew. */
  private double[][] children(double[][] parents, Rng rng) {
    double[][] children = new double[parents.length][parents[0].length];
    for (int c = 0; c < children.length; c++) {
      Rng birth = rng.at(c);
      int[] r = others(c, parents.length, birth.at("parents"));
      for (int g = 0; g < children[c].length; g++) {
        double v =
            parents[r[0]][g] + settings.differential() * (parents[r[1]][g] - parents[r[2]][g]);
        boolean outside = g % genes() < 2 && !(v >= 0 && v < 1);
        children[c][g] = outside ? birth.uniformDouble(g) : v;
      }
    }
    return children;
  }

  /** Three candidates that differ from each other and from c. */
  private static int[] others(int c, int n, Rng rng) {
    int[] r = new int[3];
    long draw = 0;
    for (int k = 0; k < 3; ) {
      int candidate = rng.below(draw++, n);
      boolean taken = candidate == c;
      for (int q = 0; q < k; q++) {
        taken |= r[q] == candidate;
      }
      if (!taken) {
        r[k++] = candidate;
      }
    }
    return r;
  }

  /** A child takes its parent's place if it is fitter. */
  private void select(int[] who, double[][][] children) {
    int chunk = Math.max(1, Points.TOGETHER / Math.max(1, who.length));
    for (int from = 0; from < settings.population(); from += chunk) {
      int to = Math.min(settings.population(), from + chunk);
      Points points = climbers.points();
      for (int i : who) {
        for (int c = from; c < to; c++) {
          points.add(i, painted(climbers.origin(i), children[i][c]));
        }
      }
      double[] told = climbers.told(points);
      int k = 0;
      for (int i : who) {
        for (int c = from; c < to; c++, k++) {
          if (told[k] > fitness[i][c]) {
            fitness[i][c] = told[k];
            candidates[i][c] = children[i][c];
          }
        }
      }
    }
  }

  private float[] painted(float[] x, double... genes) {
    float[] p = Arrays.copyOf(x, x.length);
    for (int q = 0; q < pixels; q++) {
      int at = q * genes();
      int place = ((int) (genes[at] * h)) * w + (int) (genes[at + 1] * w);
      for (int c = 0; c < channels; c++) {
        p[c * h * w + place] = (float) genes[at + 2 + c];
      }
    }
    return p;
  }
}
