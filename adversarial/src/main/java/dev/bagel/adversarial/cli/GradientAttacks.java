package dev.bagel.adversarial.cli;

import static dev.bagel.adversarial.Norm.L0;
import static dev.bagel.adversarial.Norm.L1;
import static dev.bagel.adversarial.Norm.L2;
import static dev.bagel.adversarial.Norm.LINF;
import static dev.bagel.adversarial.cli.AttackEntry.inBall;
import static dev.bagel.adversarial.cli.Knowledge.NOTHING;
import static dev.bagel.adversarial.cli.Knowledge.SCORES;
import static dev.bagel.adversarial.cli.Knowledge.WHITE_BOX;

import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.adversarial.gradient.Transfer;
import dev.bagel.adversarial.gradient.VirtualAdversarial;
import java.util.List;

/** Attacks that climb a surrogate within a ball: see {@link Registry}. */
final class GradientAttacks {
  static final List<AttackEntry> ALL =
      List.of(
          inBall(
              "noise",
              NOTHING,
              "1 forward",
              "a random point of the ball: the control, no gradient at all",
              Pgd::noise),
          inBall(
              "fgsm",
              WHITE_BOX,
              "1 gradient",
              "one step of length ε from the input (Goodfellow et al. 2015)",
              Pgd::fgsm),
          inBall(
                  "fgm",
                  WHITE_BOX,
                  "1 gradient",
                  "the same in l2, unless --norm says otherwise",
                  Pgd::fgsm)
              .in(L2, LINF, L1, L0),
          inBall(
              "bim",
              WHITE_BOX,
              "10 gradients",
              "10 steps of ε/5 from the input (Kurakin et al. 2017)",
              Pgd::bim),
          inBall(
              "pgd",
              WHITE_BOX,
              "40 gradients",
              "40 steps of ε/30 from a random start (Madry et al. 2018)",
              Pgd::in),
          inBall(
                  "pgd-kl",
                  WHITE_BOX,
                  "40 gradients",
                  "the same, climbing the divergence from the clean scores (Zhang et al. 2019)",
                  ball -> Pgd.in(ball).surrogate(Surrogate.kl()))
              .untargeted(),
          inBall(
              "adam-pgd",
              WHITE_BOX,
              "50 gradients",
              "50 steps of ε/40 by Adam from a random start",
              Pgd::adam),
          inBall(
              "mifgsm",
              WHITE_BOX,
              "10 gradients",
              "10 steps of ε/10 with momentum (Dong et al. 2018)",
              Pgd::mifgsm),
          inBall(
              "nifgsm",
              WHITE_BOX,
              "10 gradients",
              "the same with a gradient taken ahead (Lin et al. 2020)",
              Transfer::nifgsm),
          inBall(
              "difgsm",
              WHITE_BOX,
              "19 gradients",
              "19 steps of ε/15 on images shrunk at random (Xie et al. 2019)",
              Transfer::difgsm),
          inBall(
              "tifgsm",
              WHITE_BOX,
              "10 gradients",
              "10 steps of ε/10 along a gradient smoothed by 15 pixels (Dong et al. 2019)",
              Transfer::tifgsm),
          inBall(
              "sifgsm",
              WHITE_BOX,
              "50 gradients",
              "10 steps of ε/10 on five fainter and fainter copies (Lin et al. 2020)",
              Transfer::sifgsm),
          inBall(
              "vmifgsm",
              WHITE_BOX,
              "210 gradients",
              "MI-FGSM tuned by the gradients of 20 neighbours (Wang and He 2021)",
              Transfer::vmifgsm),
          inBall(
                  "sparse-l1",
                  WHITE_BOX,
                  "10 gradients",
                  "10 steps of ε/5 on the largest hundredth (Tramèr and Boneh 2019)",
                  ball -> Pgd.sparseL1(ball.epsilon()))
              .in(L1),
          inBall(
                  "vat",
                  WHITE_BOX,
                  "10 gradients, 3 forwards",
                  "where the output bends most, without labels (Miyato et al. 2018)",
                  ball -> VirtualAdversarial.of(ball.epsilon()))
              .in(L2)
              .untargeted(),
          inBall(
              "spsa",
              SCORES,
              "10240 forwards",
              "PGD on differences along 128 random sign vectors (Uesato et al. 2018)",
              ball -> Pgd.in(ball).gradient(new GradientSource.Spsa(128, 0.01))),
          inBall(
              "nes",
              SCORES,
              "4000 forwards",
              "PGD on differences along 50 random normal vectors (Ilyas et al. 2018)",
              ball -> Pgd.in(ball).gradient(GradientSource.nes())));

  private GradientAttacks() {}
}
