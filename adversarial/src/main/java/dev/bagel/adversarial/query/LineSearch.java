package dev.bagel.adversarial.query;

/** How a point near the beginning of a {@link Degradation} is looked for. */
public sealed interface LineSearch {
  static LineSearch linear(int steps) {
    return new Linear(steps);
  }

  static LineSearch binary(int steps) {
    return new Binary(steps);
  }

  /** At 1/steps, 2/steps, … 1, until the goal is reached. */
  record Linear(int steps) implements LineSearch {
    public Linear {
      check(steps);
    }
  }

  /** By halves, from an end that reaches the goal: fewer questions, and perhaps a later point. */
  record Binary(int steps) implements LineSearch {
    public Binary {
      check(steps);
    }
  }

  private static void check(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps of a search: at least one");
    }
  }
}
