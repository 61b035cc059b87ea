package dev.bagel.adversarial.cli;

import static dev.bagel.adversarial.Norm.L0;
import static dev.bagel.adversarial.Norm.L1;
import static dev.bagel.adversarial.Norm.L2;
import static dev.bagel.adversarial.Norm.LINF;
import static dev.bagel.adversarial.cli.AttackEntry.nearest;
import static dev.bagel.adversarial.cli.AttackEntry.nearestWithin;
import static dev.bagel.adversarial.cli.Knowledge.WHITE_BOX;

import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.minimal.BrendelBethge;
import dev.bagel.adversarial.minimal.CarliniWagnerL0;
import dev.bagel.adversarial.minimal.CarliniWagnerL2;
import dev.bagel.adversarial.minimal.CarliniWagnerLinf;
import dev.bagel.adversarial.minimal.Ddn;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.adversarial.minimal.Ead;
import dev.bagel.adversarial.minimal.Fmn;
import dev.bagel.adversarial.minimal.Jsma;
import dev.bagel.adversarial.minimal.Lbfgs;
import dev.bagel.adversarial.minimal.MinimalEpsilon;
import dev.bagel.adversarial.minimal.NewtonFool;
import java.util.List;

/** Attacks with gradients that look for the nearest example: see {@link Registry}. */
final class NearestAttacks {
  static final List<AttackEntry> ALL =
      List.of(
          nearest(
                  "deepfool",
                  WHITE_BOX,
                  "450 gradients",
                  "planes for boundaries, again and again (Moosavi-Dezfooli et al. 2016)",
                  DeepFool::in)
              .in(L2, LINF),
          nearest(
                  "cw",
                  WHITE_BOX,
                  "90000 gradients",
                  "Adam on distance and margin (Carlini and Wagner 2017)",
                  norm -> CarliniWagnerL2.attack())
              .in(L2),
          nearest(
                  "cw-linf",
                  WHITE_BOX,
                  "some 25000 gradients",
                  "the same for the largest change",
                  norm -> CarliniWagnerLinf.attack())
              .in(LINF),
          nearest(
                  "cw-l0",
                  WHITE_BOX,
                  "some 35000 gradients",
                  "the same on fewer and fewer elements",
                  norm -> CarliniWagnerL0.attack())
              .in(L0),
          nearest(
                  "ead",
                  WHITE_BOX,
                  "90000 gradients",
                  "elastic net, iterative shrinkage (Chen et al. 2018)",
                  norm -> Ead.attack())
              .in(L1),
          nearest(
                  "ddn",
                  WHITE_BOX,
                  "100 gradients",
                  "direction and length apart (Rony et al. 2019)",
                  norm -> Ddn.attack())
              .in(L2),
          nearest(
                  "fmn",
                  WHITE_BOX,
                  "some 1200 gradients",
                  "a radius that shrinks and grows (Pintor et al. 2021)",
                  Fmn::in)
              .in(L2, LINF, L1, L0),
          nearest(
                  "brendel-bethge",
                  WHITE_BOX,
                  "some 2200 gradients",
                  "along the boundary, in trust regions (Brendel et al. 2019)",
                  BrendelBethge::in)
              .in(L2, LINF, L1, L0),
          nearest(
                  "newtonfool",
                  WHITE_BOX,
                  "100 gradients",
                  "Newton steps on a probability (Jang et al. 2017)",
                  norm -> NewtonFool.attack())
              .in(L2)
              .untargeted(),
          nearest(
                  "lbfgs",
                  WHITE_BOX,
                  "1500 gradients",
                  "the first of all (Szegedy et al. 2014)",
                  norm -> Lbfgs.attack())
              .in(L2),
          nearest(
                  "jsma",
                  WHITE_BOX,
                  "2 gradients a change",
                  "pairs of pixels by saliency (Papernot et al. 2016)",
                  norm -> Jsma.attack())
              .in(L0),
          nearestWithin(
              "minimal-pgd",
              WHITE_BOX,
              "240 gradients",
              "the least ε, up to the largest --eps, at which pgd succeeds",
              ball -> MinimalEpsilon.of(Pgd.in(ball))));

  private NearestAttacks() {}
}
