package dev.bagel.adversarial;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Locale;

/**
 * The geometry of an ℓp norm: all that an attack needs to know about it, in one place. Closed on
 * purpose: an attack that works for every norm works for these.
 *
 * <p>Perturbations are rows δ [N, D], radii are ε [N, 1].
 */
public enum Norm {
  /** max |δᵢ|. */
  LINF {
    @Override
    public Var length(Var delta) {
      return delta.abs().maxAxes(1);
    }

    @Override
    public Var project(Var delta, Var epsilon) {
      return delta.max(epsilon.neg()).min(epsilon);
    }

    @Override
    public Var ascent(Var g) {
      return g.sign();
    }

    @Override
    public void sample(float[] delta, double epsilon, double reach, Rng rng) {
      for (int i = 0; i < delta.length; i++) {
        delta[i] = (float) ((2 * rng.uniformDouble(i) - 1) * epsilon);
      }
    }

    @Override
    public double length(float[] delta) {
      double most = 0;
      for (float d : delta) {
        most = Math.max(most, Math.abs(d));
      }
      return most;
    }
  },

  /** √Σ δᵢ². */
  L2 {
    @Override
    public Var length(Var delta) {
      return delta.square().sumAxes(1).sqrt();
    }

    @Override
    public Var project(Var delta, Var epsilon) {
      Var largest = LINF.length(delta).max(TINY); // its square may not be a float
      return shortened(delta, length(delta.div(largest)).mul(largest), epsilon);
    }

    /** Scaled by the largest element first: the squares of a saturated model's gradient are 0. */
    @Override
    public Var ascent(Var g) {
      Var u = g.div(LINF.length(g).max(TINY));
      return u.div(length(u).max(TINY));
    }

    /** A normal direction and a radius with density ∝ r^(D−1): uniform in the ball. */
    @Override
    public void sample(float[] delta, double epsilon, double reach, Rng rng) {
      for (int i = 0; i < delta.length; i++) {
        delta[i] = rng.gaussian(i);
      }
      double r = Math.pow(rng.at("radius").uniformDouble(0), 1.0 / delta.length);
      scale(delta, epsilon * r / Math.max(TINY, length(delta)));
    }

    @Override
    public double length(float[] delta) {
      double sum = 0;
      for (float d : delta) {
        sum += (double) d * d;
      }
      return Math.sqrt(sum);
    }
  },

  /** Σ |δᵢ|. */
  L1 {
    @Override
    public Var length(Var delta) {
      return delta.abs().sumAxes(1);
    }

    /**
     * Shrinks every |δᵢ| by the same amount: Duchi et al. 2008, Figure 1. What the rounding of that
     * amount leaves outside, when δ is far longer than ε, is shortened.
     */
    @Override
    public Var project(Var delta, Var epsilon) {
      Var theta = Fn.l1Threshold(delta, epsilon);
      Var shrunk = delta.sign().mul(delta.abs().sub(theta).relu());
      return shortened(shrunk, length(shrunk), epsilon);
    }

    /**
     * The sign of the largest hundredth of the elements, scaled to length 1. Steepest ascent is one
     * element at a time; a hundredth of them is as steep in practice, and a hundred times quicker:
     * Tramèr and Boneh 2019, Algorithm 1 (SLIDE). Of fewer than 200 elements it is one.
     */
    @Override
    public Var ascent(Var g) {
      int d = g.shape().dim(1);
      Tensor hundredth = Tensor.full(g.shape().with(1, 1), Math.max(1, d / 100));
      return sparse(g, Var.constant(hundredth));
    }

    /**
     * The box first: few elements carry the whole step, and if what they leave of it outside the
     * box counted as length, all others would be shrunk for nothing. Croce and Hein 2021, "Mind the
     * box", on why.
     */
    @Override
    public Var confine(Var delta, Var origin, Var epsilon, Bounds bounds) {
      return super.confine(clip(origin.add(delta), bounds).sub(origin), origin, epsilon, bounds);
    }

    /** For the same reason those that cannot move must not be among them. */
    @Override
    public Var movable(Var g, Var x, Bounds bounds) {
      Var stuckHigh = x.atLeast(Var.constant(bounds.high())).mul(g.step());
      Var stuckLow = Var.constant(bounds.low()).atLeast(x).mul(g.neg().step());
      return stuckHigh.add(stuckLow).where(0, g);
    }

    /** The first D of D + 1 exponentials over their sum, with signs: uniform in the ball. */
    @Override
    public void sample(float[] delta, double epsilon, double reach, Rng rng) {
      double sum = rng.at("rest").exponential(0);
      Rng signs = rng.at("sign");
      for (int i = 0; i < delta.length; i++) {
        double e = rng.exponential(i);
        sum += e;
        delta[i] = (float) (signs.bits(i) < 0 ? -e : e);
      }
      scale(delta, epsilon / sum);
    }

    @Override
    public double length(float[] delta) {
      double sum = 0;
      for (float d : delta) {
        sum += Math.abs(d);
      }
      return sum;
    }
  },

  /** The number of elements that are not 0. */
  L0 {
    @Override
    public Var length(Var delta) {
      return delta.abs().step().sumAxes(1);
    }

    /** Keeps the ε largest elements. */
    @Override
    public Var project(Var delta, Var epsilon) {
      return Fn.largest(delta.abs(), epsilon).where(delta, 0);
    }

    /**
     * The nearest point of ball and box together: the ε elements stay whose change saves most of
     * the squared distance, δᵢ² − (xᵢ − clip(xᵢ))². A long step thus chooses by gradient times
     * reach. This is the projection of PGD₀: Croce and Hein 2019.
     */
    @Override
    public Var confine(Var delta, Var origin, Var epsilon, Bounds bounds) {
      Var x = origin.add(delta);
      Var near = clip(x, bounds);
      Var saved = near.sub(origin).mul(delta.add(x.sub(near))); // a² − b² = (a − b)(a + b)
      return Fn.largest(saved, epsilon).where(near, origin);
    }

    /** The gradient, scaled so that its largest element is 1. */
    @Override
    public Var ascent(Var g) {
      return g.div(g.abs().maxAxes(1).max(TINY));
    }

    /** ε elements anywhere, each moved by a uniform number up to the reach. */
    @Override
    public void sample(float[] delta, double epsilon, double reach, Rng rng) {
      int[] places = rng.at("places").permutation(delta.length);
      for (int j = 0; j < Math.min((int) epsilon, delta.length); j++) {
        delta[places[j]] = (float) ((2 * rng.uniformDouble(j) - 1) * reach);
      }
    }

    @Override
    public double extent(double epsilon, double reach) {
      return epsilon * reach;
    }

    @Override
    public double length(float[] delta) {
      int n = 0;
      for (float d : delta) {
        n += d != 0 ? 1 : 0;
      }
      return n;
    }
  };

  /** What is divided by at least, so that 0 / 0 is 0. */
  public static final float TINY = Float.MIN_NORMAL;

  /** ‖δ‖ of every row: [N, D] → [N, 1]. */
  public abstract Var length(Var delta);

  /** Π: the point of the ball that is nearest to δ in the Euclidean sense. */
  public abstract Var project(Var delta, Var epsilon);

  /** A direction of (nearly) steepest ascent along g, of length 1 in this norm (ℓ0: largest 1). */
  public abstract Var ascent(Var g);

  /**
   * Draws a point of the ball into {@code delta}, which holds zeros.
   *
   * @param reach the farthest that one element can move
   */
  public abstract void sample(float[] delta, double epsilon, double reach, Rng rng);

  /** ‖δ‖ of one perturbation, in double. */
  public abstract double length(float[] delta);

  /**
   * A point of the ball around {@code origin} that is also a valid input: going to the ball first
   * and to the box then ends in both, because the box only shortens a perturbation of a valid
   * input.
   */
  public Var confine(Var delta, Var origin, Var epsilon, Bounds bounds) {
    return clip(origin.add(project(delta, epsilon)), bounds);
  }

  /** The signs of the k largest elements of every row of g, scaled to ℓ1 length 1; k is [N, 1]. */
  public static Var sparse(Var g, Var k) {
    Var direction = g.sign().mul(Fn.largest(g.abs(), k));
    return direction.div(L1.length(direction).max(TINY));
  }

  private static Var clip(Var x, Bounds bounds) {
    return bounds.equals(Bounds.NONE) ? x : x.clamp(bounds.low(), bounds.high());
  }

  /** The part of the gradient g at x that a step should look at. */
  public Var movable(Var g, Var x, Bounds bounds) {
    return g;
  }

  /**
   * The radius in input units, which steps are measured in; in ℓ0, the way of all elements that may
   * move.
   */
  public double extent(double epsilon, double reach) {
    return epsilon;
  }

  /**
   * The norm ‖g‖_q of a gradient, 1/p + 1/q = 1: how steeply a function rises, for a step of length
   * 1 in this norm.
   *
   * @throws AttackException for ℓ0, which has none: its steps can be of any length
   */
  public Norm dual() {
    return switch (this) {
      case LINF -> L1;
      case L2 -> L2;
      case L1 -> LINF;
      case L0 -> throw new AttackException("l0 has no dual norm: elements move as far as they may");
    };
  }

  /** {@link #project(Var, Var)} of one perturbation. */
  public float[] project(float[] delta, double epsilon) {
    Tensor radius = Tensor.full(Shape.of(1, 1), (float) epsilon);
    return project(row(delta), Var.constant(radius)).value().array();
  }

  /** {@link #ascent(Var)} of one gradient. */
  public float[] ascent(float[] g) {
    return ascent(row(g)).value().array();
  }

  private static Var row(float[] values) {
    return Var.constant(Tensor.of(Shape.of(1, values.length), values));
  }

  /** δ, or if it is longer than ε as much of it as is in the ball. */
  private static Var shortened(Var delta, Var length, Var epsilon) {
    return delta.mul(epsilon.div(length.max(epsilon).max(TINY)));
  }

  private static void scale(float[] delta, double by) {
    for (int i = 0; i < delta.length; i++) {
      delta[i] *= (float) by;
    }
  }

  /** As people write it: linf, l2, l1, l0. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
