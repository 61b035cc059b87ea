package dev.bagel.adversarial.cli;

import dev.bagel.nn.Schedule;

/** How the learning rate changes, by name. */
enum ScheduleName {
  CONSTANT(Schedule.constant()),
  COSINE(Schedule.cosine(0)),
  CYCLIC(Schedule.cyclic(0.4)),
  STEPS(Schedule.steps(0.1, 0.5, 0.75));

  private final Schedule schedule;

  ScheduleName(Schedule schedule) {
    this.schedule = schedule;
  }

  Schedule schedule() {
    return schedule;
  }
}
