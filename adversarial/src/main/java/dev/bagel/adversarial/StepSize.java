package dev.bagel.adversarial;

/** How far a step goes. */
public sealed interface StepSize {
  /** The size of one of so many steps in a ball of radius {@code epsilon}, in input units. */
  double in(double epsilon, int steps);

  /** So many input units, whatever the ball. */
  record Absolute(double alpha) implements StepSize {
    public Absolute {
      if (!(alpha > 0)) {
        throw new IllegalArgumentException("step size " + alpha + ": it must be positive");
      }
    }

    @Override
    public double in(double epsilon, int steps) {
      return alpha;
    }
  }

  /** So many radii. */
  record Relative(double radii) implements StepSize {
    public Relative {
      if (!(radii > 0)) {
        throw new IllegalArgumentException("step size " + radii + " · ε: it must be positive");
      }
    }

    @Override
    public double in(double epsilon, int steps) {
      return radii * epsilon;
    }
  }

  /** So many radii by all steps together: the more steps, the shorter each. */
  record Reach(double radii) implements StepSize {
    public Reach {
      if (!(radii > 0)) {
        throw new IllegalArgumentException("a reach of " + radii + " · ε: it must be positive");
      }
    }

    /** 2.5 radii, which lead from any start to anywhere in the ball: Madry et al. 2018, code. */
    public static Reach ample() {
      return new Reach(2.5);
    }

    @Override
    public double in(double epsilon, int steps) {
      return radii * epsilon / Math.max(1, steps);
    }
  }
}
