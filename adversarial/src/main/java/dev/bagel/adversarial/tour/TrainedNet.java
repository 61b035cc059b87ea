package dev.bagel.adversarial.tour;

import dev.bagel.nn.Epoch;
import dev.bagel.nn.Model;
import dev.bagel.nn.Trainer;
import java.util.List;

/**
 * A net, how it came about, and how it stands up to attacks.
 *
 * @param name {@code plain} or {@code hardened}
 * @param trainer how it was trained
 * @param model the net itself
 * @param history its epochs
 * @param seconds how long the training took
 * @param accuracy the share of unperturbed test images that it gets right
 * @param curves one for each attack
 */
public record TrainedNet(
    String name,
    Trainer trainer,
    Model model,
    List<Epoch> history,
    double seconds,
    double accuracy,
    List<Curve> curves) {
  /** Keeps copies. */
  public TrainedNet {
    history = List.copyOf(history);
    curves = List.copyOf(curves);
  }

  /**
   * The curve of an attack.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Curve curve(String attack) {
    return curves.stream()
        .filter(c -> c.attack().equals(attack))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no attack " + attack + " was run"));
  }
}
