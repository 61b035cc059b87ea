package dev.bagel.adversarial;

/** How far a step goes. */
public sealed interface StepSize {
  /** The step size in a ball of radius {@code epsilon}, in input units. */
  double in(double epsilon);

  /** So many input units, whatever the ball. */
  record Absolute(double alpha) implements StepSize {
    public Absolute {
      if (!(alpha > 0)) {
        throw new IllegalArgumentException("step size " + alpha + ": it must be positive");
      }
    }

    @Override
    public double in(double epsilon) {
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
    public double in(double epsilon) {
      return radii * epsilon;
    }
  }
}
