package dev.bagel.adversarial;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * The inputs that a file can hold: a model's range cut into equal levels, 255 of them in pictures
 * of 8 bits. An attack that ends between two levels may have lost its example when it is saved;
 * {@link BallAttack#onLattice} ends on the lattice.
 *
 * <p>The result of an attack is rounded to the nearest levels inside ball and box. If that undoes
 * its success, it climbs on from level to level: one step of the norm's ascent whose largest
 * element is one level, confined and rounded again. In a ball that is a few levels wide this is all
 * the freedom that there is. In ℓ0 it is one element at a time that goes to its next level, one
 * that has changed already if that is possible.
 *
 * @param levels steps from the lowest valid input to the highest
 */
public record Lattice(int levels) {
  /** Pictures of 8 bits for each channel. */
  public static final Lattice BYTES = new Lattice(255);

  private static final double READING = 1e-3; // of a level: what reading a file may round
  private static final double FLOATS = 0.1; // of a level: the most that floats may round

  public Lattice {
    if (levels < 1) {
      throw new IllegalArgumentException(levels + " levels: at least one");
    }
  }

  /**
   * The nearest inputs on the lattice.
   *
   * @throws IllegalArgumentException if the bounds have no such levels that floats tell apart
   */
  public Tensor nearest(Tensor x, Bounds bounds) {
    checkLevels(bounds);
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
    checkLevels(bounds);
    double near = near(bounds);
    for (int i = 0; i < x.size(); i++) {
      double exact = exactLevel(x.get(i), bounds);
      if (!(Math.abs(exact - Math.rint(exact)) < near)) {
        throw new IllegalArgumentException(
            "input element %d is %s, between two of %d levels in %s: attack Lattice.nearest(x, bounds)"
                .formatted(i, x.get(i), levels + 1, bounds));
      }
    }
  }

  private void checkLevels(Bounds bounds) {
    if (!bounds.isClosed()) {
      throw new IllegalArgumentException(
          "bounds " + bounds + " have no levels: give the model the range of its pictures");
    }
    if (near(bounds) > FLOATS) {
      throw new IllegalArgumentException(
          (levels + 1) + " levels in " + bounds + ": floats do not tell them apart, take fewer");
    }
  }

  /** How far from a level, in levels, an input may be that is meant to be on it. */
  double near(Bounds b) {
    float largest = Math.max(Math.abs(b.low()), Math.abs(b.high()));
    return READING + Math.ulp(largest) / b.width() * levels;
  }

  /** Where a value is between the levels. */
  double exactLevel(double v, Bounds b) {
    return (v - b.low()) / b.width() * levels;
  }

  int level(float v, Bounds b) {
    return (int) Math.max(0, Math.min(levels, Math.rint(exactLevel(v, b))));
  }

  float value(int level, Bounds b) {
    return (float) (b.low() + level * b.width() / levels);
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
      return new Settling(lattice, ball(), false, surrogate, f, x, goal).settled(found);
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
      Ball all = everywhere(x, f.bounds());
      boolean sparse = norm() == Norm.L0;
      Found settled = new Settling(lattice, all, sparse, surrogate, f, x, goal).settled(found);
      boolean[] success = settled.success().clone();
      Arrays.stream(failed).forEach(i -> success[i] = false);
      return new Found(settled.x().withRows(failed, x.rows(failed)), success, settled.cost());
    }

    private Ball everywhere(Tensor x, Bounds bounds) {
      float[] corner = new float[x.size() / Math.max(1, x.shape().dim(0))];
      Arrays.fill(corner, (float) bounds.width());
      return new Ball(norm(), norm().length(corner) + 1);
    }
  }
}
