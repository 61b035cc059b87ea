package dev.bagel.adversarial.cli;

import static dev.bagel.adversarial.Norm.L1;
import static dev.bagel.adversarial.Norm.L2;
import static dev.bagel.adversarial.Norm.LINF;
import static dev.bagel.adversarial.cli.AttackEntry.free;
import static dev.bagel.adversarial.cli.AttackEntry.inBall;
import static dev.bagel.adversarial.cli.AttackEntry.nearest;
import static dev.bagel.adversarial.cli.Knowledge.DECISIONS;
import static dev.bagel.adversarial.cli.Knowledge.SCORES;
import static dev.bagel.adversarial.cli.Knowledge.WHITE_BOX;

import dev.bagel.adversarial.auto.Apgd;
import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.adversarial.auto.Fab;
import dev.bagel.adversarial.auto.Square;
import dev.bagel.adversarial.spatial.TransformationAttack;
import java.util.List;

/** AutoAttack, its members, and attacks that know no norm: see {@link Registry}. */
final class Ensemble {
  static final List<AttackEntry> ALL =
      List.of(
          inBall(
                  "apgd-ce",
                  WHITE_BOX,
                  "101 gradients",
                  "steps that shrink by themselves (Croce and Hein 2020)",
                  Apgd::in)
              .in(LINF, L2, L1),
          inBall(
                  "apgd-t",
                  WHITE_BOX,
                  "909 gradients",
                  "the same on the DLR loss towards 9 classes",
                  Apgd::targeted)
              .in(LINF, L2, L1),
          nearest(
                  "fab-t",
                  WHITE_BOX,
                  "900 gradients, 900 forwards",
                  "boundary points by linearisation, 9 classes (Croce and Hein 2020)",
                  Fab::in)
              .in(LINF, L2, L1),
          inBall(
                  "square",
                  SCORES,
                  "5000 forwards",
                  "squares at random places (Andriushchenko et al. 2020)",
                  Square::in)
              .in(LINF, L2, L1),
          inBall(
                  "autoattack",
                  WHITE_BOX,
                  "some 8000 passes",
                  "apgd-ce, apgd-t, fab-t and square, each on what is left",
                  AutoAttack::standard)
              .in(LINF, L2, L1),
          inBall(
                  "autoattack-plus",
                  WHITE_BOX,
                  "some 14000 passes",
                  "six attacks and five restarts",
                  AutoAttack::plus)
              .in(LINF, L2, L1),
          inBall(
                  "autoattack-rand",
                  WHITE_BOX,
                  "4000 gradients",
                  "for randomised defences, gradients averaged",
                  AutoAttack::rand)
              .in(LINF, L2, L1),
          free(
              "spatial",
              DECISIONS,
              "775 forwards",
              "the worst of a grid of rotations and shifts (Engstrom et al. 2019)",
              TransformationAttack::spatial));

  private Ensemble() {}
}
