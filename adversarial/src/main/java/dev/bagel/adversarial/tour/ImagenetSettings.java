package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.nn.Optimizer;
import java.util.List;

/**
 * Everything that decides what is found on the photographs.
 *
 * @param seed of the random starts
 * @param targeted makes a piano of the bagel and a terrier of the hog
 * @param race makes the terrier too, in the steps of each optimizer
 * @param starts how many random starts each optimizer has
 * @param entrants the optimizers
 * @param nearest finds the nearest other answer
 * @param curve the attack of the curve
 * @param radii the ε of the curve, ascending
 */
public record ImagenetSettings(
    long seed,
    Pgd targeted,
    Pgd race,
    int starts,
    List<Entrant> entrants,
    DeepFool nearest,
    Pgd curve,
    List<Double> radii) {
  public ImagenetSettings {
    entrants = List.copyOf(entrants);
    radii = List.copyOf(radii);
  }

  /** An optimizer with a rate that fits it. */
  public record Entrant(String name, Optimizer optimizer) {}

  /**
   * The tutorial's five and momentum. The tutorial gives all of them one rate, which compares rates
   * and not optimizers; these are powers of ten with which each arrives in ten steps.
   */
  static List<Entrant> optimizers() {
    return List.of(
        new Entrant("SGD", Optimizer.sgd(1e-2)),
        new Entrant("momentum", Optimizer.sgd(1e-3, 0.9)),
        new Entrant("Adagrad", Optimizer.adagrad(1e-3)),
        new Entrant("RMSprop", Optimizer.rmsProp(1e-3)),
        new Entrant("Adam", Optimizer.adam(1e-3)),
        new Entrant("FTRL", Optimizer.ftrl(1e-3)));
  }
}
