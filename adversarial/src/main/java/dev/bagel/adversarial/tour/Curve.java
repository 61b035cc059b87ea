package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.Cost;
import java.util.List;

/**
 * How accurate a net is under one attack in balls of growing radius.
 *
 * @param attack what people call it: {@code noise}, {@code FGSM}, {@code PGD}
 * @param points by ascending ε, the first at 0
 */
public record Curve(String attack, List<Point> points) {
  public Curve {
    points = List.copyOf(points);
  }

  /**
   * One measurement.
   *
   * @param epsilon the radius, in input units
   * @param accuracy the share of images that are classified correctly before and after
   * @param settings the attack as it prints
   * @param seconds how long it took
   * @param cost what it asked of the net
   */
  public record Point(
      double epsilon, double accuracy, String settings, double seconds, Cost cost) {}

  /**
   * The accuracy at a radius that was measured.
   *
   * @throws IllegalArgumentException if it was not
   */
  public double at(double epsilon) {
    return points.stream()
        .filter(p -> p.epsilon() == epsilon)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("ε = " + epsilon + " was not measured"))
        .accuracy();
  }
}
