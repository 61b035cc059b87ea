package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import java.util.Arrays;

/** A run of {@link GeoDa}. */
final class Planes {
  private static final double TOLERANCE = 1e-4; // of the distance
  private static final int LONGER = 30; // tries along a normal, each 1.1 times as far
  private static final int SEARCH = 20; // questions that finding the boundary takes

  private final GeoDa settings;
  private final Hunt hunt;
  private final Seeds seeds;
  private final float[][] x;
  private int[] who;

  Planes(GeoDa settings, Hunt hunt, Seeds seeds) {
    this.settings = settings;
    this.hunt = hunt;
    this.seeds = seeds;
    x = new float[hunt.n][];
  }

  Found found() {
    who = hunt.startedBy(settings.start(), seeds.at("start"));
    for (int i : who) {
      x[i] = hunt.nearest(i);
    }
    toTheBoundary(who, Bisection.segments(hunt.origin, x.clone()), Degrade.filled(hunt.n, 1));
    long[] budget = new long[hunt.n];
    Arrays.setAll(budget, hunt.labels::left);
    for (int t = 0; t < settings.iterations() && who.length > 0; t++) {
      alongTheNormal(normals(t, budget));
      who = hunt.asking(who);
    }
    return hunt.result();
  }

  private void toTheBoundary(int[] who, Bisection.Line line, double[] high) {
    double[] tolerance = Arrays.stream(high).map(h -> h * TOLERANCE).toArray();
    Bisection.run(hunt, who, line, new double[hunt.n], high, tolerance);
    Points there = hunt.points();
    for (int i : who) {
      x[i] = there.add(i, line.at(i, high[i])); // clipped, as when it was asked about
    }
  }

  /** The direction of iteration t from its share of the queries; the signs in ℓ∞. */
  private float[][] normals(int t, long... budget) {
    double all = 0;
    for (int s = 0; s < settings.iterations(); s++) {
      all += share(s);
    }
    double[] delta = new double[hunt.n];
    int[] evaluations = new int[hunt.n];
    for (int i : who) {
      delta[i] = settings.sigma() * Norm.L2.length(Normals.moved(x[i], hunt.origin[i], -1));
      double search = (double) SEARCH * settings.iterations(); // kept for the way to the boundary
      double n = Math.max(1, (budget[i] - search) * share(t) / all);
      evaluations[i] = (int) Math.min(n, Integer.MAX_VALUE);
    }
    float[][] v =
        Normals.at(
            hunt,
            who,
            x,
            delta,
            evaluations,
            Normals.Directions.GAUSSIAN,
            seeds.at("normal").at(t));
    for (int i : who) {
      v[i] = settings.norm() == Norm.L2 ? v[i] : Normals.signs(v[i]);
    }
    return v;
  }

  private double share(int t) {
    return Math.pow(settings.lambda(), -2.0 * t / 3);
  }

  /** From the input along v to the boundary, if it is found; else the point stays. */
  private void alongTheNormal(float[]... v) {
    Bisection.Line ray = (i, r) -> Normals.moved(hunt.origin[i], v[i], r);
    double[] r = new double[hunt.n];
    for (int i : who) {
      r[i] = hunt.distance(i, x[i]);
    }
    boolean[] found = new boolean[hunt.n];
    int[] open = who;
    for (int k = 0; k < LONGER && open.length > 0; k++) {
      Points points = hunt.points();
      for (int i : open) {
        points.add(i, ray.at(i, r[i]));
      }
      boolean[] reached = hunt.reached(points);
      for (int m = 0; m < reached.length; m++) {
        found[open[m]] = reached[m];
        r[open[m]] *= reached[m] ? 1 : 1.1;
      }
      open = hunt.asking(Arrays.stream(open).filter(i -> !found[i]).toArray());
    }
    toTheBoundary(Arrays.stream(who).filter(i -> found[i]).toArray(), ray, r);
  }
}
