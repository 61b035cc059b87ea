package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.auto.AutoAttack;

/** The versions of AutoAttack, as people name them. */
enum EnsembleName {
  STANDARD,
  PLUS,
  RAND;

  AutoAttack in(Ball ball) {
    return switch (this) {
      case STANDARD -> AutoAttack.standard(ball);
      case PLUS -> AutoAttack.plus(ball);
      case RAND -> AutoAttack.rand(ball);
    };
  }
}
