package dev.bagel.adversarial;

import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Fn;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One run of {@link Pgd} over a batch: which examples still climb, and where they are. It runs in
 * segments; when half of the examples have reached their goal, the next segment has the rest only.
 */
final class Climb {
  private final Pgd pgd;
  private final Classifier f;
  private final Shape shape;
  private final Goal goal;
  private final Seeds seeds;
  private final Tensor truth;
  private final int d;
  private final float[] origin;
  private final float[] x;
  private final Map<String, float[]> memory = new LinkedHashMap<>();
  private final boolean[] reached;
  private int[] climbing;
  private int steps;
  private Cost cost;

  Climb(Pgd pgd, Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    this.pgd = pgd;
    this.f = f;
    this.shape = x0.shape();
    this.goal = goal;
    this.seeds = seeds;
    int n = shape.dim(0);
    d = n == 0 ? 0 : x0.size() / n;
    origin = x0.array();
    reached = new boolean[n];
    climbing = IntStream.range(0, n).toArray();
    Found start = pgd.start().from(pgd.ball(), f, x0, goal, seeds);
    x = start.x().toArray();
    cost = start.cost();
    boolean clean = goal.truth() == null && pgd.surrogate().comparesWithClean();
    truth = clean ? f.scores(x0) : goal.truth();
    cost = cost.plus(new Cost(0, clean ? n : 0));
    Ascent.memory(pgd.rule(), pgd.gradient())
        .forEach(
            (name, initial) -> {
              float[] m = new float[x.length];
              Arrays.fill(m, initial);
              memory.put(name, m);
            });
  }

  /** Whether there is something to climb, steps and time to take them, and room to take them in. */
  boolean isUnfinished() {
    return climbing.length > 0
        && steps < pgd.steps()
        && pgd.ball().epsilon() > 0
        && !Limit.isOver(f);
  }

  /**
   * Takes steps until all are taken, or so many examples have arrived that the rest is gathered.
   */
  void segment() {
    Shape batch = shape.with(0, climbing.length);
    Tensor compared = truth == null ? null : truth.rows(climbing);
    Goal wanted = goal.rows(climbing);
    Ascent.Kind kind =
        new Ascent.Kind(
            pgd.ball().norm(),
            pgd.rule(),
            pgd.surrogate(),
            pgd.gradient(),
            batch,
            AimCells.Kind.of(wanted, compared),
            pgd.untilSuccess());
    f.plans()
        .run(
            Ascent.class,
            kind,
            () -> new Ascent(f, kind),
            ascent -> {
              ascent.aim.load(wanted, compared, ascent.classes());
              segment(ascent);
            });
  }

  private void segment(Ascent ascent) {
    load(ascent);
    int[] rows = climbing;
    float[] logits = new float[pgd.untilSuccess() ? rows.length * ascent.classes() : 0];
    float[] before = new float[pgd.untilSuccess() ? rows.length * d : 0];
    int arrived = 0;
    while (steps < pgd.steps() && arrived <= rows.length / 2 && !Limit.isOver(f)) {
      drawKeys(ascent, rows);
      System.arraycopy(ascent.x.memory(), 0, before, 0, before.length);
      int together = isOneRun() ? pgd.steps() - steps : 1;
      ascent.steps(steps + 1, together);
      steps += together;
      cost = cost.plus(stepCost(ascent).times((long) together * (rows.length - arrived)));
      if (pgd.untilSuccess()) {
        ascent.readLogits(logits);
        arrived = note(rows, logits, before);
      }
    }
    store(ascent, rows);
    climbing = Arrays.stream(rows).filter(i -> !reached[i]).toArray();
  }

  /** A gradient, and the scores at the point itself where its forward pass is not there already. */
  private Cost stepCost(Ascent ascent) {
    Cost gradient = pgd.gradient().cost();
    boolean there = ascent.asksAtPoint() || !pgd.untilSuccess();
    return there ? gradient : gradient.plus(new Cost(0, 1));
  }

  /**
   * Whether all steps are one run. That pays on a device, where each run copies; here nothing is
   * gained, and a limit is looked at more often.
   */
  private boolean isOneRun() {
    return pgd.isOneRun() && f.plans().device() != Device.CPU;
  }

  private boolean isRandom() {
    return !(pgd.gradient() instanceof GradientSource.Exact);
  }

  private void drawKeys(Ascent ascent, int[] rows) {
    if (!isRandom()) {
      return;
    }
    for (int r = 0; r < rows.length; r++) {
      Rng rng = seeds.example(rows[r]).at("gradient").at(steps);
      System.arraycopy(Fn.key(rng).array(), 0, ascent.keys.memory(), 4 * r, 4);
    }
  }

  private void load(Ascent a) {
    double epsilon = pgd.ball().epsilon();
    double extent = pgd.ball().norm().extent(epsilon, Ball.reach(f.bounds()));
    a.alpha.fill((float) pgd.stepSize().in(extent, pgd.steps()));
    a.epsilon.fill((float) epsilon);
    for (int r = 0; r < climbing.length; r++) {
      int i = climbing[r];
      System.arraycopy(x, i * d, a.x.memory(), r * d, d);
      System.arraycopy(origin, i * d, a.origin.memory(), r * d, d);
      for (Map.Entry<String, float[]> m : memory.entrySet()) {
        System.arraycopy(m.getValue(), i * d, a.memory.get(m.getKey()).memory(), r * d, d);
      }
    }
  }

  private void store(Ascent a, int[] rows) {
    for (int r = 0; r < rows.length; r++) {
      if (!reached[rows[r]]) {
        System.arraycopy(a.x.memory(), r * d, x, rows[r] * d, d);
        for (Map.Entry<String, float[]> m : memory.entrySet()) {
          System.arraycopy(a.memory.get(m.getKey()).memory(), r * d, m.getValue(), rows[r] * d, d);
        }
      }
    }
  }

  /** Keeps the points of examples that had arrived before the last step; returns how many have. */
  private int note(int[] rows, float[] logits, float[] before) {
    int k = logits.length / rows.length;
    Tensor scores = Tensor.wrap(Shape.of(rows.length, k), logits);
    boolean[] now = goal.rows(rows).reached(scores);
    int arrived = 0;
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (now[r] && !reached[i]) {
        reached[i] = true;
        System.arraycopy(before, r * d, x, i * d, d);
      }
      arrived += reached[i] ? 1 : 0;
    }
    return arrived;
  }

  /** Where the examples are now, or were when they arrived. */
  Tensor x() {
    return Tensor.of(shape, x);
  }

  /** The result, with a last look at the examples that climbed to the end. */
  Found found() {
    Tensor points = x();
    if (climbing.length > 0) {
      boolean[] now = goal.rows(climbing).reached(f.scores(points.rows(climbing)));
      for (int r = 0; r < climbing.length; r++) {
        reached[climbing[r]] = now[r];
      }
    }
    return new Found(points, reached.clone(), cost.plus(new Cost(0, climbing.length)));
  }
}
