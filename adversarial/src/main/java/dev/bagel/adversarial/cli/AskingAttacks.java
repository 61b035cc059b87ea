package dev.bagel.adversarial.cli;

import static dev.bagel.adversarial.Norm.L0;
import static dev.bagel.adversarial.Norm.L1;
import static dev.bagel.adversarial.Norm.L2;
import static dev.bagel.adversarial.Norm.LINF;
import static dev.bagel.adversarial.cli.AttackEntry.inBall;
import static dev.bagel.adversarial.cli.AttackEntry.nearest;
import static dev.bagel.adversarial.cli.Knowledge.DECISIONS;
import static dev.bagel.adversarial.cli.Knowledge.SCORES;

import dev.bagel.adversarial.query.AdditiveNoise;
import dev.bagel.adversarial.query.Binarization;
import dev.bagel.adversarial.query.BoundaryAttack;
import dev.bagel.adversarial.query.ContrastReduction;
import dev.bagel.adversarial.query.Degrade;
import dev.bagel.adversarial.query.GenAttack;
import dev.bagel.adversarial.query.GeoDa;
import dev.bagel.adversarial.query.HopSkipJump;
import dev.bagel.adversarial.query.OnePixel;
import dev.bagel.adversarial.query.Pointwise;
import dev.bagel.adversarial.query.SaltAndPepper;
import dev.bagel.adversarial.query.SignOpt;
import dev.bagel.adversarial.query.SimBa;
import dev.bagel.adversarial.query.ZerothOrder;
import java.util.List;

/** Attacks that are shown scores or decisions and nothing else: see {@link Registry}. */
final class AskingAttacks {
  static final List<AttackEntry> ALL =
      List.of(
          nearest(
                  "zoo",
                  SCORES,
                  "some 7 million forwards",
                  "Carlini and Wagner by differences (Chen et al. 2017)",
                  norm -> ZerothOrder.l2())
              .in(L2),
          inBall(
                  "simba",
                  SCORES,
                  "10000 forwards",
                  "one pixel up or down (Guo et al. 2019)",
                  SimBa::in)
              .in(L2, LINF),
          inBall(
                  "genattack",
                  SCORES,
                  "10000 forwards",
                  "a genetic search (Alzantot et al. 2019)",
                  GenAttack::in)
              .in(LINF),
          inBall(
                  "one-pixel",
                  SCORES,
                  "40400 forwards",
                  "differential evolution of few pixels (Su et al. 2019)",
                  OnePixel::in)
              .in(L0),
          nearest(
                  "boundary",
                  DECISIONS,
                  "25000 forwards",
                  "a random walk along the boundary (Brendel et al. 2018)",
                  norm -> BoundaryAttack.l2())
              .in(L2),
          nearest(
                  "hopskipjump",
                  DECISIONS,
                  "some 35000 forwards",
                  "normals estimated from decisions (Chen et al. 2020)",
                  HopSkipJump::in)
              .in(L2, LINF),
          nearest(
                  "geoda",
                  DECISIONS,
                  "4000 forwards",
                  "the boundary as a plane (Rahmati et al. 2020)",
                  GeoDa::in)
              .in(L2, LINF),
          nearest(
                  "signopt",
                  DECISIONS,
                  "many forwards",
                  "the sign of a directional derivative (Cheng et al. 2020)",
                  norm -> SignOpt.l2())
              .in(L2),
          nearest(
                  "pointwise",
                  DECISIONS,
                  "some per element",
                  "elements put back one by one (Schott et al. 2019)",
                  Pointwise::in)
              .in(L0, L2),
          nearest(
                  "salt-and-pepper",
                  DECISIONS,
                  "1001 forwards",
                  "black and white pixels",
                  norm -> SaltAndPepper.noise().norm(norm))
              .in(L2, L0, L1, LINF),
          nearest(
                  "blended-noise",
                  DECISIONS,
                  "2001 forwards",
                  "uniform noise, blended in",
                  norm -> Degrade.blendedNoise().norm(norm))
              .in(L2, LINF, L1, L0),
          nearest(
                  "contrast",
                  DECISIONS,
                  "1001 forwards",
                  "less contrast until it fails",
                  norm -> Degrade.contrast().norm(norm))
              .in(L2, LINF, L1, L0),
          nearest(
                  "blur",
                  DECISIONS,
                  "1001 forwards",
                  "Gaussian blur until it fails",
                  norm -> Degrade.blur().norm(norm))
              .in(L2, LINF, L1, L0),
          nearest(
                  "inversion",
                  DECISIONS,
                  "2 forwards",
                  "the negative",
                  norm -> Degrade.inversion().norm(norm))
              .in(L2, LINF, L1, L0),
          nearest(
                  "binarization",
                  DECISIONS,
                  "some per element",
                  "puts back what a threshold makes useless",
                  norm -> Binarization.of(SaltAndPepper.noise()).norm(norm))
              .in(L2, LINF, L1, L0),
          inBall(
                  "contrast-within",
                  DECISIONS,
                  "2 forwards",
                  "as much less contrast as the ball allows",
                  ContrastReduction::in)
              .in(L2, LINF, L1),
          inBall(
                  "gaussian-noise",
                  DECISIONS,
                  "101 forwards",
                  "Gaussian noise of length ε, 100 times",
                  ball -> AdditiveNoise.gaussian(ball.epsilon()).clippingAware(true).repeats(100))
              .in(L2),
          inBall(
                  "uniform-noise",
                  DECISIONS,
                  "101 forwards",
                  "uniform noise, 100 times",
                  ball -> AdditiveNoise.uniform(ball).repeats(100))
              .in(LINF, L2));

  private AskingAttacks() {}
}
