package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import java.util.Arrays;
import java.util.Locale;

/** The attacks by the names that people know them by. */
enum AttackName {
  NOISE(Norm.LINF, "a random point of the ball: the control, no gradient at all"),
  FGSM(Norm.LINF, "one step of length ε from the input (Goodfellow et al. 2015)"),
  FGM(Norm.L2, "the same in l2, unless --norm says otherwise"),
  BIM(Norm.LINF, "10 steps of ε/5 from the input (Kurakin et al. 2017)"),
  PGD(Norm.LINF, "40 steps of ε/30 from a random start (Madry et al. 2018)"),
  MIFGSM(Norm.LINF, "10 steps of ε/10 with momentum (Dong et al. 2018)");

  private final Norm norm;
  private final String what;

  AttackName(Norm norm, String what) {
    this.norm = norm;
    this.what = what;
  }

  static AttackName named(String name) {
    return Arrays.stream(values())
        .filter(a -> a.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongUse(
                    "unknown attack '" + name + "'",
                    "--attack",
                    "one of "
                        + String.join(
                            ", ", Arrays.stream(values()).map(AttackName::label).toList())));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One line about it. */
  String what() {
    return what;
  }

  /** The norm if none is given. */
  Norm norm() {
    return norm;
  }

  /** The attack with the settings of its source. */
  Pgd in(Ball ball) {
    return switch (this) {
      case NOISE -> Pgd.noise(ball);
      case FGSM, FGM -> Pgd.fgsm(ball);
      case BIM -> Pgd.bim(ball);
      case PGD -> Pgd.in(ball);
      case MIFGSM -> Pgd.mifgsm(ball);
    };
  }

  /** Whether it is an attack of many steps, whose number and size can be chosen. */
  boolean isIterative() {
    return this == BIM || this == PGD || this == MIFGSM;
  }
}
