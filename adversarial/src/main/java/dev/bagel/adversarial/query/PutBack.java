package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import java.util.Arrays;

/** A run of {@link Pointwise}: the k-th element of every example's order is tried together. */
final class PutBack {
  private static final double WORTHWHILE = 1e-3; // of the distance; less ends an example

  private final Pointwise settings;
  private final Hunt hunt;
  private final Seeds seeds;
  private final float[][] at;
  private final int[][] order;
  private int passes;

  PutBack(Pointwise settings, Hunt hunt, Seeds seeds) {
    this.settings = settings;
    this.hunt = hunt;
    this.seeds = seeds;
    at = new float[hunt.n][];
    order = new int[hunt.n][];
  }

  Found found() {
    int[] started = hunt.startedBy(settings.start(), seeds.at("start"));
    for (int i : started) {
      at[i] = hunt.nearest(i);
    }
    passes(started, 0);
    if (settings.norm() == Norm.L2) {
      passes(hunt.asking(started), settings.halvings());
      hunt.settle(hunt.asking(started));
    }
    return hunt.result();
  }

  /** Goes through all elements again and again, as long as that is worth it. */
  private void passes(int[] started, int halvings) {
    int[] who = started;
    while (who.length > 0) {
      double[] before = new double[hunt.n];
      for (int i : who) {
        before[i] = hunt.distance(i, at[i]);
      }
      pass(who, halvings);
      who =
          Arrays.stream(hunt.asking(who))
              .filter(i -> hunt.distance(i, at[i]) < (1 - WORTHWHILE) * before[i])
              .toArray();
    }
  }

  private void pass(int[] who, int halvings) {
    int longest = 0;
    for (int i : who) {
      int[] random = seeds.example(i).at("order").at(passes).permutation(hunt.d);
      order[i] = Arrays.stream(random).filter(j -> at[i][j] != hunt.origin[i][j]).toArray();
      longest = Math.max(longest, order[i].length);
    }
    passes++;
    for (int k = 0; k < longest; k++) {
      int turn = k;
      int[] now = Arrays.stream(hunt.asking(who)).filter(i -> turn < order[i].length).toArray();
      float[] low = new float[hunt.n]; // where the goal is not reached
      for (int i : now) {
        low[i] = hunt.origin[i][order[i][k]];
      }
      int[] stuck = failing(now, k, low);
      for (int h = 0; h < halvings; h++) {
        float[] middle = low.clone();
        for (int i : stuck) {
          middle[i] = (low[i] + at[i][order[i][k]]) / 2;
        }
        for (int i : failing(stuck, k, middle)) {
          low[i] = middle[i];
        }
      }
    }
  }

  /** Moves the k-th element of these examples to these values where that is allowed; whose not. */
  private int[] failing(int[] who, int k, float... values) {
    Points points = hunt.points();
    for (int i : who) {
      float[] p = at[i].clone();
      p[order[i][k]] = values[i];
      points.add(i, p);
    }
    boolean[] reached = hunt.reached(points);
    for (int m = 0; m < who.length; m++) {
      at[who[m]] = reached[m] ? points.row(m) : at[who[m]];
    }
    return Arrays.stream(Ledger.all(who.length))
        .filter(m -> !reached[m])
        .map(m -> who[m])
        .toArray();
  }
}
