package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Norm;

/**
 * The step of Brendel and Bethge's attack: from a point x on the boundary to the point of the
 * boundary, taken for flat, that is nearest to the input, inside the box and a trust region.
 * Brendel et al. 2019, Eq. (1).
 *
 * <pre>{@code
 * minimise ‖v − δ‖_p,  v = x0 − x,   with  low ≤ x + δ ≤ high,  ⟨b, δ⟩ = c,  ‖δ‖₂ ≤ r
 * }</pre>
 *
 * <p>With a multiplier λ for the boundary and t for the trust region every element is found alone:
 *
 * <table>
 *   <caption>argmin over δᵢ, clipped to the box</caption>
 *   <tr><td>ℓ2 <td>(vᵢ + λbᵢ) / (1 + t)
 *   <tr><td>ℓ1 <td>the middle one of vᵢ, (λbᵢ + 1)/t and (λbᵢ − 1)/t
 *   <tr><td>ℓ0 <td>vᵢ, or λbᵢ/t where that gains more than 1
 *   <tr><td>ℓ∞ <td>λbᵢ, clipped to vᵢ ± t: here t is the distance that is left
 * </table>
 *
 * <p>⟨b, δ⟩ rises with λ and ‖δ‖₂ falls with t, so both are found by bisection. In ℓ1, ℓ2 and ℓ∞
 * this is the solution of a convex problem; in ℓ0 that of its Lagrangian, which may differ from the
 * best by an element.
 */
final class BoundaryStep {
  private static final double PRECISION = 1e-4; // of the boundary's place, in radii
  private static final double SNUG = 0.97; // a step this long, in radii, fills the trust region
  private static final double GROWTH = 4;
  private static final double LEAST = 1e-6; // of t
  private static final double LARGEST = 1e12;
  private static final int HALVINGS = 40;

  private final Norm norm;
  private final double[] v;
  private final double[] low;
  private final double[] high;
  private final double[] b;
  private double c;
  private double slack;
  private double lambda;
  private double t = 1;
  private final double[] below;
  private final double[] above;

  BoundaryStep(Norm norm, int d) {
    this.norm = norm;
    v = new double[d];
    low = new double[d];
    high = new double[d];
    b = new double[d];
    below = new double[d];
    above = new double[d];
  }

  /** δ from x, for which ⟨g, δ⟩ = rise, or as near to that as trust region and box allow. */
  float[] from(float[] x, Example e, float[] g, double rise, double radius) {
    double steepest = Norm.LINF.length(g);
    if (steepest < Norm.TINY) {
      return new float[x.length]; // flat: there is no boundary in sight
    }
    double sign = rise < 0 ? -1 : 1;
    c = sign * rise / steepest;
    for (int i = 0; i < v.length; i++) {
      b[i] = sign * g[i] / steepest;
      v[i] = (double) e.origin[i] - x[i];
      low[i] = (double) e.box.low() - x[i];
      high[i] = (double) e.box.high() - x[i];
    }
    slack = PRECISION * radius * Math.sqrt(square(b));
    if (reachesWithin(radius)) {
      nearest(radius);
    }
    return asFloats(above);
  }

  /** The shortest step to the boundary, or as much of it as the radius allows; whether it was. */
  private boolean reachesWithin(double radius) {
    double from = 0;
    double to = c / square(b);
    while (shortest(to) < c - slack && length(above) < radius && to < 1e30) {
      from = to;
      to = Math.max(to, 1e-6) * GROWTH;
    }
    for (int k = 0; k < HALVINGS && to - from > 1e-4 * to; k++) {
      double middle = (from + to) / 2;
      boolean far = shortest(middle) >= c - slack || length(above) > radius;
      to = far ? middle : to;
      from = far ? from : middle;
    }
    return shortest(to) >= c - slack && length(above) <= radius;
  }

  /** λb in the box; returns ⟨b, δ⟩. */
  private double shortest(double lambda) {
    double rise = 0;
    for (int i = 0; i < b.length; i++) {
      above[i] = clip(lambda * b[i], low[i], high[i]);
      rise += b[i] * above[i];
    }
    return rise;
  }

  /** The least t whose step is in the trust region; t begins where it ended the last time. */
  private void nearest(double radius) {
    double from = 0;
    double to = t;
    boolean fits = fits(to, radius);
    while (!fits && to < LARGEST) {
      from = to;
      to *= GROWTH;
      fits = fits(to, radius);
    }
    while (from == 0 && to > LEAST && length(above) < SNUG * radius) {
      if (fits(to / GROWTH, radius)) {
        to /= GROWTH;
      } else {
        from = to / GROWTH;
      }
    }
    for (int k = 0; from > 0 && k < HALVINGS && to > 1.001 * from; k++) {
      double middle = Math.sqrt(from * to);
      if (!fits(middle, radius)) {
        from = middle;
      } else {
        to = middle;
        if (length(above) > SNUG * radius) {
          break;
        }
      }
    }
    t = to;
    fits(t, radius);
  }

  /** Solves for λ; δ is in {@code above}. */
  private boolean fits(double t, double radius) {
    return solve(t) && length(above) <= radius;
  }

  private boolean solve(double t) {
    double from = lambda;
    double to = lambda;
    double rise = respond(lambda, t, above);
    double span = Math.max(1e-3, Math.abs(lambda));
    double gFrom = rise - c;
    double gTo = rise - c;
    while (gTo < 0) { // upwards until the boundary is crossed
      from = to;
      gFrom = gTo;
      to += span;
      span *= GROWTH;
      gTo = respond(to, t, above) - c;
      if (span > 1e20) {
        return false;
      }
    }
    while (gFrom > 0) { // or downwards
      to = from;
      gTo = gFrom;
      from -= span;
      span *= GROWTH;
      gFrom = respond(from, t, below) - c;
      if (span > 1e20) {
        return false;
      }
    }
    return narrow(from, gFrom, to, gTo, t);
  }

  /** Secant and bisection by turns, then the mixture of both ends that lies on the boundary. */
  private boolean narrow(double from, double gFrom, double to, double gTo, double t) {
    for (int k = 0; k < HALVINGS && to - from > 1e-9 * Math.abs(to); k++) {
      if (gTo <= slack || gFrom >= -slack) {
        break;
      }
      double secant = from - gFrom * (to - from) / (gTo - gFrom);
      double at = k % 2 == 0 ? secant : (from + to) / 2;
      double g = respond(at, t, above) - c;
      if (g >= 0) {
        to = at;
        gTo = g;
      } else {
        from = at;
        gFrom = g;
      }
    }
    lambda = to;
    respond(from, t, below);
    respond(to, t, above);
    double share = gTo > gFrom ? -gFrom / (gTo - gFrom) : 1;
    for (int i = 0; i < above.length; i++) {
      above[i] = below[i] + share * (above[i] - below[i]);
    }
    return true;
  }

  /** The step for these multipliers; returns ⟨b, δ⟩. */
  private double respond(double lambda, double t, double[] delta) {
    double rise = 0;
    for (int i = 0; i < b.length; i++) {
      double pull = lambda * b[i];
      delta[i] =
          switch (norm) {
            case L2 -> clip((v[i] + pull) / (1 + t), low[i], high[i]);
            case L1 -> clip(clip(v[i], (pull - 1) / t, (pull + 1) / t), low[i], high[i]);
            case L0 -> sparse(v[i], pull, t, low[i], high[i]);
            case LINF -> clip(pull, Math.max(low[i], v[i] - t), Math.min(high[i], v[i] + t));
          };
      rise += b[i] * delta[i];
    }
    return rise;
  }

  private static double sparse(double v, double pull, double t, double low, double high) {
    double free = clip(pull / t, low, high);
    double gain = (pull * free - t / 2 * free * free) - (pull * v - t / 2 * v * v);
    return gain > 1 ? free : v;
  }

  private static double clip(double x, double low, double high) {
    return Math.min(high, Math.max(low, x));
  }

  private static double length(double[] delta) {
    return Math.sqrt(square(delta));
  }

  private static double square(double[] a) {
    double s = 0;
    for (double v : a) {
      s += v * v;
    }
    return s;
  }

  private static float[] asFloats(double[] delta) {
    float[] f = new float[delta.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) delta[i];
    }
    return f;
  }
}
