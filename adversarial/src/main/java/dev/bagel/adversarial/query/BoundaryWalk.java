package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import java.util.Arrays;

/** A run of {@link BoundaryAttack}. */
final class BoundaryWalk {
  /** The last answers of a kind, and how many of them were yes. */
  private static final class Window {
    private final int length;
    private int seen;
    private int yes;

    Window(int length) {
      this.length = length;
    }

    /** The share of yes once the window is full, which empties it; NaN before. */
    double share(boolean answer) {
      seen++;
      yes += answer ? 1 : 0;
      if (seen < length) {
        return Double.NaN;
      }
      double share = (double) yes / length;
      seen = 0;
      yes = 0;
      return share;
    }
  }

  /** Where an example is, and how far it goes. */
  private final class Walker {
    private final Window around = new Window(ANSWERS);
    private final Window towards = new Window(ANSWERS);
    private float[] x;
    private double sphericalStep = settings.sphericalStep();
    private double sourceStep = settings.sourceStep();

    /** Steps around the input: half of them should reach the goal. */
    void adaptAround(boolean reached) {
      double share = around.share(reached);
      double by = share > 0.5 ? settings.adaptation() : share < 0.2 ? 1 / settings.adaptation() : 1;
      sphericalStep *= by;
      sourceStep *= by;
    }

    /** Steps towards it: a quarter should. */
    void adaptTowards(boolean reached) {
      double share = towards.share(reached);
      sourceStep *=
          share > 0.25 ? settings.adaptation() : share < 0.1 ? 1 / settings.adaptation() : 1;
    }
  }

  /** Answers of a kind between changes: Foolbox's 100 and 30 are 1000 and 300 steps. */
  private static final int ANSWERS = 10;

  private final BoundaryAttack settings;
  private final Hunt hunt;
  private final Seeds seeds;
  private final Walker[] walkers;

  BoundaryWalk(BoundaryAttack settings, Hunt hunt, Seeds seeds) {
    this.settings = settings;
    this.hunt = hunt;
    this.seeds = seeds;
    walkers = new Walker[hunt.n];
  }

  Found found() {
    int[] who = hunt.startedBy(settings.start(), seeds.at("start"));
    for (int i : who) {
      walkers[i] = new Walker();
      walkers[i].x = hunt.nearest(i);
    }
    for (int step = 1; step <= settings.steps() && who.length > 0; step++) {
      boolean watched = step % settings.statsEvery() == 0;
      step(who, step, watched);
      who =
          Arrays.stream(hunt.asking(who))
              .filter(i -> walkers[i].sourceStep > settings.convergence())
              .toArray();
    }
    return hunt.result();
  }

  private void step(int[] who, int step, boolean watched) {
    Points asked = hunt.points();
    for (int i : who) {
      float[] around = around(i, seeds.example(i).at("step").at(step));
      float[] towards = towards(i, around);
      asked.add(i, towards);
      if (watched) {
        asked.add(i, around);
      }
    }
    boolean[] reached = hunt.reached(asked);
    for (int k = 0; k < reached.length; k += watched ? 2 : 1) {
      int i = asked.whose(k);
      float[] next = asked.row(k);
      if (reached[k] && hunt.distance(i, next) < hunt.distance(i, walkers[i].x)) {
        walkers[i].x = next;
      }
      if (watched) {
        walkers[i].adaptAround(reached[k + 1]);
        walkers[i].adaptTowards(reached[k]);
      }
    }
  }

  /** A step of length η orthogonal to the way to the input, and back to the sphere around it. */
  private float[] around(int i, Rng rng) {
    float[] o = hunt.origin[i];
    float[] x = walkers[i].x;
    double distance = hunt.distance(i, x);
    float[] eta = new float[hunt.d];
    double along = 0;
    for (int j = 0; j < eta.length; j++) {
      eta[j] = rng.gaussian(j);
      along += eta[j] * ((double) x[j] - o[j]);
    }
    for (int j = 0; j < eta.length; j++) {
      eta[j] -= (float) (along * ((double) x[j] - o[j]) / (distance * distance));
    }
    double s = walkers[i].sphericalStep;
    double length = s * distance / Math.max(Norm.TINY, Norm.L2.length(eta));
    float[] p = new float[hunt.d];
    for (int j = 0; j < p.length; j++) {
      p[j] = (float) (o[j] + ((double) x[j] - o[j] + length * eta[j]) / Math.sqrt(1 + s * s));
    }
    return clipped(p);
  }

  /** A step of length ε towards the input, and as much more as clipping has led away. */
  private float[] towards(int i, float[] around) {
    double before = hunt.distance(i, walkers[i].x);
    double now = hunt.distance(i, around);
    double length = Math.max(0, walkers[i].sourceStep * before + now - before);
    double s = Math.min(1, length / Math.max(Norm.TINY, now));
    float[] p = new float[hunt.d];
    for (int j = 0; j < p.length; j++) {
      p[j] = (float) (around[j] + s * ((double) hunt.origin[i][j] - around[j]));
    }
    return p;
  }

  private float[] clipped(float[] p) {
    return hunt.points().add(0, p);
  }
}
