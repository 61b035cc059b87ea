package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The inputs that a file can hold: a model's range cut into equal levels, 255 of them in pictures
 * of 8 bits. An attack that ends between two levels may have lost its example when it is saved;
 * {@link BallAttack#onLattice} ends on the lattice.
 *
 * <p>The result of an attack is rounded to the nearest levels inside ball and box. If that undoes
 * its success, it climbs on from level to level: one step of the norm's ascent whose largest
 * element is one level, confined and rounded again. In a ball that is a few levels wide this is all
 * the freedom that there is.
 *
 * @param levels steps from the lowest valid input to the highest
 */
public record Lattice(int levels) {
  /** Pictures of 8 bits for each channel. */
  public static final Lattice BYTES = new Lattice(255);

  private static final double NEAR = 1e-3; // of a level: what reading a file may round
  private static final int REPAIRS = 20;

  public Lattice {
    if (levels < 1) {
      throw new IllegalArgumentException(levels + " levels: at least one");
    }
  }

  /** The nearest inputs on the lattice. */
  public Tensor nearest(Tensor x, Bounds bounds) {
    checkFinite(bounds);
    float[] near = x.toArray();
    for (int i = 0; i < near.length; i++) {
      near[i] = value(level(near[i], bounds), bounds);
    }
    return Tensor.wrap(x.shape(), near);
  }

  /**
   * Refuses inputs that are not on the lattice: around them there may be no ball that has a point
   * of it.
   */
  void check(Tensor x, Bounds bounds) {
    checkFinite(bounds);
    for (int i = 0; i < x.size(); i++) {
      double exact = exactLevel(x.get(i), bounds);
      if (!(Math.abs(exact - Math.rint(exact)) < NEAR)) {
        throw new IllegalArgumentException(
            "input element %d is %s, between two of %d levels in %s: attack Lattice.nearest(x, bounds)"
                .formatted(i, x.get(i), levels + 1, bounds));
      }
    }
  }

  private static void checkFinite(Bounds bounds) {
    if (Float.isInfinite(bounds.low()) || Float.isInfinite(bounds.high())) {
      throw new IllegalArgumentException(
          "bounds " + bounds + " have no levels: give the model the range of its pictures");
    }
  }

  private double exactLevel(double v, Bounds b) {
    return (v - b.low()) / ((double) b.high() - b.low()) * levels;
  }

  private int level(float v, Bounds b) {
    return (int) Math.max(0, Math.min(levels, Math.rint(exactLevel(v, b))));
  }

  private float value(int level, Bounds b) {
    return (float) (b.low() + level * ((double) b.high() - b.low()) / levels);
  }

  /** What an attack found in a ball, on the lattice. */
  Found settled(Found found, Ball ball, Surrogate surrogate, Classifier f, Tensor x0, Goal goal) {
    Tensor x = rounded(found.x(), x0, ball, f.bounds());
    Cost cost = found.cost().plus(new Cost(0, goal.size()));
    Found now = new Found(x, goal.reached(f.scores(x)), cost);
    int[] lost = lost(found, now);
    for (int t = 0; t < REPAIRS && lost.length > 0 && !Limit.isOver(f); t++) {
      now = repaired(now, lost, ball, surrogate, f, x0, goal);
      lost = lost(found, now);
    }
    return now;
  }

  /** Where rounding undid a success; what never was one is left to the attack. */
  private static int[] lost(Found before, Found now) {
    return IntStream.range(0, now.success().length)
        .filter(i -> before.success()[i] && !now.success()[i])
        .toArray();
  }

  /** One step from level to level for some of the examples. */
  private Found repaired(
      Found now, int[] left, Ball ball, Surrogate surrogate, Classifier f, Tensor x0, Goal goal) {
    int[] padded = padded(left);
    Tensor at = now.x().rows(padded);
    Tensor origin = x0.rows(padded);
    Goal wanted = goal.rows(padded);
    Tensor step = step(Slope.at(f, surrogate, at, wanted).gradient(), at, ball.norm(), f.bounds());
    Tensor moved = ball.nearest(at.add(step), origin, f.bounds());
    Tensor next = rounded(moved, origin, ball, f.bounds());
    boolean[] reached = wanted.reached(f.scores(next));
    boolean[] success = now.success().clone();
    for (int i = 0; i < left.length; i++) {
      success[left[i]] = reached[i];
    }
    Cost cost = now.cost().plus(new Cost(1, 1).times(left.length));
    return new Found(now.x().withRows(left, next.slice(0, left.length)), success, cost);
  }

  /** The first example again and again behind the rest: few sizes of a batch need few plans. */
  private static int[] padded(int... rows) {
    int size = 1 << (Integer.SIZE - Integer.numberOfLeadingZeros(rows.length - 1));
    int[] padded = Arrays.copyOf(rows, size);
    Arrays.fill(padded, rows.length, size, rows[0]);
    return padded;
  }

  /** The norm's ascent, with one level for its largest element. */
  private Tensor step(Tensor g, Tensor x, Norm norm, Bounds bounds) {
    Shape rows = Shape.of(x.shape().dim(0), x.size() / x.shape().dim(0));
    Var at = Var.constant(x.reshape(rows));
    Var u = norm.ascent(norm.movable(Var.constant(g.reshape(rows)), at, bounds));
    float level = value(1, bounds) - bounds.low();
    Var largest = Norm.LINF.length(u).max(Norm.TINY);
    return u.div(largest).mul(level).value().reshape(x.shape());
  }

  /**
   * The nearest points of the lattice that are in the ball; where the nearest ones are not, those
   * on the side of the origin, which are nearer to it in every norm. Filling the ball to its border
   * instead, with as many elements rounded outwards as fit, left no room for the steps that follow,
   * and kept fewer examples of ℓ2 (131 of 160 instead of 144).
   */
  private Tensor rounded(Tensor x, Tensor origin, Ball ball, Bounds bounds) {
    int n = x.shape().dim(0);
    int d = n == 0 ? 0 : x.size() / n;
    float[] points = new float[x.size()];
    float[] delta = new float[d];
    for (int i = 0; i < n; i++) {
      for (boolean inwards : new boolean[] {false, true}) {
        for (int j = 0; j < d; j++) {
          float from = origin.get(i * d + j);
          points[i * d + j] = rounded(x.get(i * d + j), from, inwards, bounds);
          delta[j] = points[i * d + j] - from;
        }
        if (ball.norm().length(delta) <= ball.epsilon() * (1 + NEAR / levels)) {
          break;
        }
      }
    }
    return Tensor.wrap(x.shape(), points);
  }

  private float rounded(float v, float origin, boolean inwards, Bounds bounds) {
    int from = level(origin, bounds);
    double exact = exactLevel(v, bounds);
    int steps = (int) Math.floor(Math.abs(exact - from) + (inwards ? NEAR : 0.5));
    int to = Math.max(0, Math.min(levels, exact < from ? from - steps : from + steps));
    return to == from ? origin : value(to, bounds);
  }

  /** An attack in a ball that ends on the lattice. */
  record Settled(BallAttack attack, Lattice lattice, Surrogate surrogate) implements BallAttack {
    @Override
    public Ball ball() {
      return attack.ball();
    }

    @Override
    public BallAttack within(double epsilon) {
      return new Settled(attack.within(epsilon), lattice, surrogate);
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      lattice.check(x, f.bounds());
      Found found = attack.on(f, x, goal, seeds);
      return lattice.settled(found, ball(), surrogate, f, x, goal);
    }
  }

  /** A minimal attack that ends on the lattice, and may go a little farther for it. */
  record Nearby(MinimalAttack attack, Lattice lattice, Surrogate surrogate)
      implements MinimalAttack {
    @Override
    public Norm norm() {
      return attack.norm();
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      lattice.check(x, f.bounds());
      Found found = attack.on(f, x, goal, seeds);
      int[] failed = found.survivors();
      Found settled = lattice.settled(found, everywhere(x, f.bounds()), surrogate, f, x, goal);
      boolean[] success = settled.success().clone();
      Arrays.stream(failed).forEach(i -> success[i] = false);
      return new Found(settled.x().withRows(failed, x.rows(failed)), success, settled.cost());
    }

    private Ball everywhere(Tensor x, Bounds bounds) {
      float[] corner = new float[x.size() / x.shape().dim(0)];
      Arrays.fill(corner, bounds.high() - bounds.low());
      return new Ball(norm(), norm().length(corner) + 1);
    }
  }
}
