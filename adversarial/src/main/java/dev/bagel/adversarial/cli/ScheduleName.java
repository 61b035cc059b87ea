package dev.bagel.adversarial.cli;

import dev.bagel.nn.Schedule;

/** How the learning rate changes, by name. */
enum ScheduleName {
  CONSTANT,
  COSINE,
  CYCLIC,
  STEPS;

  Schedule schedule() {
    return switch (this) {
      case CONSTANT -> Schedule.constant();
      case COSINE -> Schedule.cosine(0);
      case CYCLIC -> Schedule.cyclic(0.4);
      case STEPS -> Schedule.steps(0.1, 0.5, 0.75);
    };
  }
}
