package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Degrades an input until it reaches the goal: less contrast, more blur, more noise.
 *
 * <p>Where a degradation may have many ends, one that reaches the goal is drawn first. Where it has
 * one, that end is the last point looked at, and a linear search may succeed before it.
 *
 * @param degradation the way away from the input
 * @param search how the point is looked for
 * @param norm what is near
 */
public record Degrade(Degradation degradation, LineSearch search, Norm norm, long queries)
    implements MinimalAttack, DecisionAttack {
  public Degrade {
    Ledger.checked(queries);
  }

  /** Uniform noise of up to 1000 draws, blended in with 1000 steps. */
  public static Degrade blendedNoise() {
    return of(Degradation.blendedNoise(), LineSearch.linear(1000));
  }

  /** Less contrast in 1000 steps. */
  public static Degrade contrast() {
    return of(Degradation.contrast(), LineSearch.linear(1000));
  }

  /** Gaussian blur in 1000 steps up to a σ of the image's side. */
  public static Degrade blur() {
    return of(Degradation.blur(), LineSearch.linear(1000));
  }

  /** The negative, and nothing on the way to it. */
  public static Degrade inversion() {
    return of(Degradation.inversion(), LineSearch.linear(1));
  }

  /** In ℓ2, with as many questions as the search needs. */
  public static Degrade of(Degradation degradation, LineSearch search) {
    return new Degrade(degradation, search, Norm.L2, Oracle.UNLIMITED);
  }

  public Degrade search(LineSearch search) {
    return new Degrade(degradation, search, norm, queries);
  }

  public Degrade norm(Norm norm) {
    return new Degrade(degradation, search, norm, queries);
  }

  public Degrade queries(long queries) {
    return new Degrade(degradation, search, norm, queries);
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(norm, labels, x);
    Rng[] ends = new Rng[hunt.n];
    Bisection.Line line =
        (i, s) ->
            degradation.at(
                s, hunt.origin[i], x.shape().sub(1, x.shape().rank()), hunt.bounds(), ends[i]);
    if (degradation.ends() > 1 || search instanceof LineSearch.Binary) {
      drawEnds(hunt, line, ends, seeds);
    } else {
      Arrays.setAll(ends, seeds::example);
    }
    int[] who = Arrays.stream(Ledger.all(hunt.n)).filter(i -> ends[i] != null).toArray();
    if (search instanceof LineSearch.Binary b) {
      double[] high = filled(hunt.n, 1);
      Bisection.run(
          hunt, who, line, filled(hunt.n, 0), high, filled(hunt.n, Math.pow(2, -b.steps())));
    } else if (search instanceof LineSearch.Linear l) {
      for (int k = 1; k <= l.steps() && who.length > 0; k++) {
        who = hunt.asking(failing(hunt, line, who, (double) k / l.steps()));
      }
    }
    return hunt.result();
  }

  /** Draws ends until one reaches the goal; where none does, there is none. */
  private void drawEnds(Hunt hunt, Bisection.Line line, Rng[] ends, Seeds seeds) {
    int[] who = Ledger.all(hunt.n);
    for (int end = 0; end < degradation.ends() && who.length > 0; end++) {
      for (int i : who) {
        ends[i] = seeds.example(i).at("end").at(end);
      }
      who = hunt.asking(failing(hunt, line, who, 1));
    }
    for (int i = 0; i < hunt.n; i++) {
      ends[i] = hunt.has(i) ? ends[i] : null;
    }
  }

  /** Asks about the points at s; whose do not reach the goal. */
  private static int[] failing(Hunt hunt, Bisection.Line line, int[] who, double s) {
    Points points = hunt.points();
    for (int i : who) {
      points.add(i, line.at(i, s));
    }
    boolean[] reached = hunt.reached(points);
    return Arrays.stream(Ledger.all(who.length))
        .filter(k -> !reached[k])
        .map(k -> who[k])
        .toArray();
  }

  static double[] filled(int n, double v) {
    double[] a = new double[n];
    Arrays.fill(a, v);
    return a;
  }
}
