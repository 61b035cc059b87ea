package dev.bagel.adversarial.universal;

import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * Pictures with a patch on each.
 *
 * @param x [N, C, H, W]
 * @param placements where it is on each
 */
public record Pasted(Tensor x, List<Placement> placements) {
  public Pasted {
    placements = List.copyOf(placements);
  }
}
