package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Surrogate;

/** What an attack climbs. */
enum LossName {
  CE(Surrogate.crossEntropy()),
  MARGIN(Surrogate.margin()),
  DLR(Surrogate.dlr());

  private final Surrogate surrogate;

  LossName(Surrogate surrogate) {
    this.surrogate = surrogate;
  }

  Surrogate surrogate() {
    return surrogate;
  }
}
