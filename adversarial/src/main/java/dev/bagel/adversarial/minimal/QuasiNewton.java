package dev.bagel.adversarial.minimal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * L-BFGS in a box: Nocedal and Wright 2006, Algorithms 7.4 and 7.5, with steps projected onto the
 * box and elements held at a side that the loss would push them through (Bertsekas 1982). It names
 * a point and is told the loss there.
 */
final class QuasiNewton {
  private static final int MEMORY = 10;
  private static final double ARMIJO = 1e-4;
  private static final int HALVINGS = 20;

  /** What a number becomes in the box. */
  interface Clip {
    float of(float v);
  }

  /** A step, the change of the gradient along it, and 1/⟨s, y⟩. */
  private record Pair(float[] s, float[] y, double rho) {}

  private final Clip clip;
  private final Deque<Pair> pairs = new ArrayDeque<>(); // the newest first
  private float[] x;
  private float[] g;
  private double loss = Double.POSITIVE_INFINITY;
  private float[] direction;
  private float[] trial;
  private double length;
  private int halved;
  private double fall = Double.POSITIVE_INFINITY;

  QuasiNewton(float[] start, Clip clip) {
    this.clip = clip;
    x = start;
    trial = start;
  }

  /** Where the loss is wanted next. */
  float[] point() {
    return trial;
  }

  /** Whether the last step brought less than a share of the loss, or no step brings anything. */
  boolean hasConverged(double share) {
    return fall <= share * Math.abs(loss) || halved > HALVINGS;
  }

  /** The loss and its gradient at {@link #point}; returns whether it goes there. */
  boolean take(double here, float[] gradient) {
    boolean first = g == null;
    boolean tooFar = !first && here > loss + ARMIJO * Vectors.dot(g, Vectors.difference(trial, x));
    if (tooFar) {
      length /= 2;
      halved++;
    } else {
      if (!first) {
        remember(Vectors.difference(trial, x), Vectors.difference(gradient, g));
      }
      fall = loss - here;
      x = trial;
      g = gradient;
      loss = here;
      direction = direction();
      length = pairs.isEmpty() ? 1 / Math.max(1e-30, Math.sqrt(Vectors.dot(g, g))) : 1;
      halved = 0;
    }
    trial = clipped(Vectors.sum(x, length, direction));
    return !tooFar;
  }

  private void remember(float[] s, float[] y) {
    double curvature = Vectors.dot(s, y);
    if (curvature > 1e-12 * Vectors.dot(y, y)) {
      pairs.addFirst(new Pair(s, y, 1 / curvature));
    }
    if (pairs.size() > MEMORY) {
      pairs.removeLast();
    }
  }

  /** −H g among the elements that are free, or −g if that does not lead down. */
  private float[] direction() {
    float[] free = free(g);
    float[] d = free(Vectors.scaled(inverseTimes(free), -1));
    return Vectors.dot(d, g) < 0 ? d : Vectors.scaled(free, -1);
  }

  /** The two loops: Nocedal and Wright, Algorithm 7.4. */
  private float[] inverseTimes(float[] q) {
    double[] alpha = new double[pairs.size()];
    int i = 0;
    for (Pair p : pairs) {
      alpha[i] = p.rho * Vectors.dot(p.s, q);
      q = Vectors.sum(q, -alpha[i++], p.y);
    }
    if (!pairs.isEmpty()) {
      Pair newest = pairs.getFirst();
      q = Vectors.scaled(q, 1 / (newest.rho * Vectors.dot(newest.y, newest.y)));
    }
    for (Iterator<Pair> old = pairs.descendingIterator(); old.hasNext(); ) {
      Pair p = old.next();
      q = Vectors.sum(q, alpha[--i] - p.rho * Vectors.dot(p.y, q), p.s);
    }
    return q;
  }

  /** Without the elements that are at a side and would be pushed through it. */
  private float[] free(float[] v) {
    float[] f = v.clone();
    for (int i = 0; i < f.length; i++) {
      float pushed = (float) (x[i] - Math.signum(g[i]) * Math.max(1e-6, Math.ulp(x[i])));
      f[i] = clip.of(pushed) == x[i] ? 0 : f[i];
    }
    return f;
  }

  private float[] clipped(float[] v) {
    for (int i = 0; i < v.length; i++) {
      v[i] = clip.of(v[i]);
    }
    return v;
  }
}
