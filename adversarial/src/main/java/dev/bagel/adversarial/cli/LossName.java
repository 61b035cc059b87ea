package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Surrogate;

/** What an attack climbs. */
enum LossName {
  CE,
  MARGIN,
  DLR,
  KL;

  Surrogate surrogate() {
    return switch (this) {
      case CE -> Surrogate.crossEntropy();
      case MARGIN -> Surrogate.margin();
      case DLR -> Surrogate.dlr();
      case KL -> Surrogate.kl();
    };
  }
}
