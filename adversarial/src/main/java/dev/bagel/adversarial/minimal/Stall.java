package dev.bagel.adversarial.minimal;

/** Notices that a loss has stopped falling: Carlini and Wagner's early abort. */
final class Stall {
  private static final double ENOUGH = 0.9999;

  private final int interval;
  private double last = Double.POSITIVE_INFINITY;

  /** Looks ten times in so many steps. */
  Stall(int steps) {
    interval = Math.max(1, steps / 10);
  }

  /** Whether the loss is hardly smaller than at the last look. */
  boolean at(int step, double loss) {
    if (step % interval != 0) {
      return false;
    }
    boolean stalled = loss > ENOUGH * last;
    last = loss;
    return stalled;
  }
}
