package dev.bagel.adversarial;

/** Where an attack begins. */
public enum Start {
  /** At the input itself. */
  INPUT,
  /** At a random point of the ball, uniformly. */
  RANDOM
}
