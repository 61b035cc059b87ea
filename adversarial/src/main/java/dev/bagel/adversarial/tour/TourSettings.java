package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Pgd;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that decides what a tour finds, its data apart.
 *
 * @param seed of the weights, the order of the images and the attacks
 * @param net the architecture of both nets
 * @param plain how the plain net is trained
 * @param hardening how it is then trained on
 * @param attack the attack of the curves and the examples; its ε is the one that the report shows
 * @param check a stronger attack on the hardened net, at the same ε
 * @param radii the ε of the curves, ascending
 * @param trainImages at most so many images to learn from, the first ones
 * @param testImages at most so many to judge by and to attack
 * @param examples how many of them to show
 * @param targeting how to look for the targeted example
 */
public record TourSettings(
    long seed,
    Layer net,
    Trainer plain,
    Trainer hardening,
    Pgd attack,
    BallAttack check,
    List<Double> radii,
    int trainImages,
    int testImages,
    int examples,
    TargetSearch.Settings targeting) {
  /** Adds the shown ε to the radii, and puts them in order. */
  public TourSettings {
    List<Double> all = new ArrayList<>(radii);
    all.add(attack.ball().epsilon());
    radii = all.stream().distinct().sorted().toList();
  }

  /** The ε that the report shows. */
  public double epsilon() {
    return attack.ball().epsilon();
  }

  /**
   * A small conv-net for such images: the zoo's where it fits, else one that is scaled to them.
   *
   * @throws IllegalArgumentException if they are not images [C, H, W] of at least 8 × 8
   */
  public static Layer netFor(Shape example, int classes) {
    if (example.equals(Shape.of(1, 28, 28)) && classes == 10) {
      return Zoo.tutorialCnn();
    }
    if (example.rank() != 3 || example.dim(1) < 8 || example.dim(2) < 8) {
      throw new IllegalArgumentException(
          "examples of shape " + example + ": the tour needs images [C, H, W] of at least 8 × 8");
    }
    int features = 64 * ((example.dim(1) + 3) / 4) * ((example.dim(2) + 3) / 4);
    return Layer.sequential(
        Layer.conv(example.dim(0), 32, 3, 2, 1),
        Activation.RELU,
        Layer.conv(32, 64, 3, 2, 1),
        Activation.RELU,
        Layer.flatten(),
        Layer.dense(features, 128),
        Activation.RELU,
        Layer.dense(128, classes));
  }
}
