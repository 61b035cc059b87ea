package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.StepRule;
import dev.bagel.adversarial.StepSize;

/**
 * Attacks whose finds fool other models than the one that they were made on, each with the settings
 * of its paper: ten steps of ε/10 from the input, where it says nothing else. {@link Pgd#mifgsm} is
 * the first of them.
 */
public final class Transfer {
  private static final int STEPS = 10;

  private Transfer() {}

  /** BIM with steps that just reach the border. */
  private static Pgd iterative(Ball ball) {
    return Pgd.bim(ball).steps(STEPS).stepSize(new StepSize.Relative(1.0 / STEPS));
  }

  /** Momentum that looks ahead, μ = 1: Lin et al. 2020, Algorithm 1 without its copies. */
  public static Pgd nifgsm(Ball ball) {
    return iterative(ball).rule(StepRule.nesterov(1));
  }

  /**
   * Diverse inputs: Xie et al. 2019, Eq. (4), with their 19 steps of one level in 255 where ε is 15
   * levels. For images.
   */
  public static Pgd difgsm(Ball ball) {
    return Pgd.bim(ball).steps(19).stepSize(new StepSize.Relative(1 / 15.0)).gradient(diverse());
  }

  /**
   * With probability ½ the image is shrunk to between 0.9 and 1 of its size, at a random place: Xie
   * et al. 2019, §3.2, who enlarge 299 pixels to at most 330 instead; here the size is the model's.
   */
  public static GradientSource diverse() {
    return new Eot(GradientSource.exact(), Augmentation.shrink(0.9, 0.5), 1);
  }

  /** A gradient smoothed by a kernel of 15 pixels: Dong et al. 2019, Eq. (7). For images. */
  public static Pgd tifgsm(Ball ball) {
    return iterative(ball).gradient(new Translated(GradientSource.exact(), 15));
  }

  /** Five copies of the input, each at half the scale of the last: Lin et al. 2020, Eq. (8). */
  public static Pgd sifgsm(Ball ball) {
    return iterative(ball).gradient(new Scaled(GradientSource.exact(), 5));
  }

  /** Momentum on a gradient tuned by 20 neighbours within 1.5 ε: Wang and He 2021, Algorithm 1. */
  public static Pgd vmifgsm(Ball ball) {
    return iterative(ball)
        .rule(StepRule.momentum(1))
        .gradient(new VarianceTuned(GradientSource.exact(), 20, 1.5));
  }
}
