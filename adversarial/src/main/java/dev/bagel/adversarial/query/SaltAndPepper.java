package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Black and white pixels, more and more of them until the goal is reached, then again with fewer:
 * whenever a nearer point is found with a share p of pixels, the search goes on between p/2 and 1.2
 * p (the distance does not quite grow with the share).
 *
 * @param steps how many noises are tried
 * @param acrossChannels whether the channels of a pixel change together
 */
public record SaltAndPepper(int steps, boolean acrossChannels, Norm norm, long queries)
    implements MinimalAttack, DecisionAttack {
  public SaltAndPepper {
    Ledger.checked(queries);
  }

  /** 1000 steps, channels together, in ℓ2. */
  public static SaltAndPepper noise() {
    return new SaltAndPepper(1000, true, Norm.L2, Oracle.UNLIMITED);
  }

  public SaltAndPepper steps(int steps) {
    return new SaltAndPepper(steps, acrossChannels, norm, queries);
  }

  public SaltAndPepper acrossChannels(boolean acrossChannels) {
    return new SaltAndPepper(steps, acrossChannels, norm, queries);
  }

  public SaltAndPepper norm(Norm norm) {
    return new SaltAndPepper(steps, acrossChannels, norm, queries);
  }

  public SaltAndPepper queries(long queries) {
    return new SaltAndPepper(steps, acrossChannels, norm, queries);
  }

  /** The share of pixels that are changed next, and the range that it runs through. */
  private static final class Share {
    private double least;
    private double most = 1;
    private double step;
    private double p;

    Share(int steps) {
      step = 1.0 / steps;
      p = step;
    }

    void next(boolean nearer, int remaining) {
      if (nearer) {
        least = 0.5 * p;
        most = Math.min(1, 1.2 * p);
        step = (most - least) / remaining;
      }
      if (nearer || p >= most) {
        p = least;
      }
      p = Math.min(p + step, most);
    }
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(norm, labels, x);
    Degradation.width(labels.bounds(), this);
    Share[] shares = new Share[hunt.n];
    Arrays.setAll(shares, i -> new Share(steps));
    double[] nearest = Degrade.filled(hunt.n, Double.POSITIVE_INFINITY);
    int[] who = Ledger.all(hunt.n);
    for (int step = 0; step < steps && who.length > 0; step++) {
      Points noisy = hunt.points();
      for (int i : who) {
        noisy.add(i, noisy(hunt, i, shares[i].p, seeds.example(i).at(step)));
      }
      boolean[] reached = hunt.reached(noisy);
      for (int k = 0; k < who.length; k++) {
        int i = who[k];
        double distance = hunt.distance(i, noisy.row(k));
        boolean nearer = reached[k] && distance < nearest[i];
        nearest[i] = nearer ? distance : nearest[i];
        shares[i].next(nearer, steps - step);
      }
      who = hunt.asking(who);
    }
    return hunt.result();
  }

  private float[] noisy(Hunt hunt, int i, double p, Rng rng) {
    float[] x = hunt.origin[i].clone();
    int rank = hunt.shape.rank();
    int pixels =
        acrossChannels && rank > 3 ? hunt.shape.dim(rank - 2) * hunt.shape.dim(rank - 1) : hunt.d;
    for (int j = 0; j < x.length; j++) {
      double u = rng.uniformDouble(j % pixels);
      x[j] = u < p / 2 ? hunt.bounds().low() : u >= 1 - p / 2 ? hunt.bounds().high() : x[j];
    }
    return x;
  }
}
