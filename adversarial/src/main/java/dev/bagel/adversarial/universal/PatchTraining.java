package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Learns an adversarial patch: Brown et al. 2017, Eq. (1), an expectation over pictures x, places l
 * and turns t, each drawn anew in every step.
 *
 * <pre>{@code max_p E log Pr(target | A(p, x, l, t))}</pre>
 *
 * The curve is the mean of −log Pr in every epoch.
 *
 * @param target what the model is to say
 * @param side of the patch, in pixels
 * @param shape what of it is opaque
 * @param where the distribution of l and t
 * @param epochs how often every example is seen
 * @param batch examples in one step
 * @param optimizer how the patch moves; its rate is in widths of the model's bounds
 */
public record PatchTraining(
    int target,
    int side,
    PatchShape shape,
    Placements where,
    int epochs,
    int batch,
    Optimizer optimizer) {
  public PatchTraining {
    if (side < 1 || epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "a patch of %d pixels, %d epochs of batches of %d: all at least 1"
              .formatted(side, epochs, batch));
    }
  }

  /** A square, anywhere, turned up to 22.5°: five epochs of batches of 64, Adam at 0.05. */
  public static PatchTraining square(int target, int side) {
    return new PatchTraining(
        target, side, PatchShape.SQUARE, Placements.anywhere(), 5, 64, Optimizer.adam(0.05));
  }

  public PatchTraining shape(PatchShape shape) {
    return new PatchTraining(target, side, shape, where, epochs, batch, optimizer);
  }

  public PatchTraining where(Placements where) {
    return new PatchTraining(target, side, shape, where, epochs, batch, optimizer);
  }

  public PatchTraining epochs(int epochs) {
    return new PatchTraining(target, side, shape, where, epochs, batch, optimizer);
  }

  public PatchTraining batch(int batch) {
    return new PatchTraining(target, side, shape, where, epochs, batch, optimizer);
  }

  public PatchTraining optimizer(Optimizer optimizer) {
    return new PatchTraining(target, side, shape, where, epochs, batch, optimizer);
  }

  /**
   * Learns from pictures; their labels do not matter. The patch begins as mid-grey.
   *
   * @param rng the order of the pictures, and where the patch is on each
   * @throws AttackException if the model has no bounds, the data are no pictures, or a gradient is
   *     not finite
   */
  public Learned<AdversarialPatch> fit(Classifier f, Dataset data, Rng rng, Progress progress) {
    Shape picture = data.example();
    if (picture.rank() != 3 || !f.bounds().isClosed()) {
      throw new AttackException(
          "%s on %s within %s: pictures [C, H, W] within bounds are needed"
              .formatted(this, picture, f.bounds()));
    }
    float width = (float) f.bounds().width();
    float grey = f.bounds().low() + width / 2;
    Tensor start = Tensor.full(Shape.of(picture.dim(0), side, side), grey);
    Learnable patch = new Learnable(start, optimizer, width);
    Map<Integer, Step> steps = new HashMap<>(); // by size: an epoch's last may be smaller
    Passes passes = new Passes(data.size(), epochs, batch);
    List<Double> curve =
        passes.curve(
            rng,
            progress,
            toString(),
            (epoch, rows) -> {
              patch.count();
              return steps
                  .computeIfAbsent(rows.length, n -> new Step(f, patch, picture, n))
                  .take(data.batch(rows).x(), placements(picture, rows, rng.at(epoch)));
            });
    if (patch.value().firstNotFinite() >= 0) {
      throw new AttackException(this + ": the gradient is not finite; check the model's weights");
    }
    return new Learned<>(
        new AdversarialPatch(patch.value(), shape, where, target),
        curve,
        new Cost(passes.seen(), 0));
  }

  private List<Placement> placements(Shape picture, int[] rows, Rng rng) {
    return IntStream.of(rows)
        .mapToObj(i -> where.draw(picture, side, rng.at("placement").at(i)))
        .toList();
  }

  /** One step on a batch of one size: places the patch, asks the model, moves the patch. */
  private final class Step {
    private final Cell x;
    private final Cell matrices;
    private final Plan plan;

    Step(Classifier f, Learnable patch, Shape picture, int n) {
      x = Cell.of("x", Shape.of(n).concat(picture));
      matrices = Cell.of("matrices", Shape.of(n, 3, 3));
      UnaryOperator<Var> valid = v -> v.clamp(f.bounds().low(), f.bounds().high());
      Var laid = AdversarialPatch.laid(x.var(), patch.var(), shape.mask(side), matrices.var());
      Var labels = Var.constant(Tensor.full(Shape.of(n), target));
      Var loss = Loss.crossEntropy(f.logits(valid.apply(laid)), labels).sum();
      Var g = Grad.of(loss, patch.var()).get(0).mul(1f / n);
      plan = f.plans().plan(List.of(loss), patch.step(g, valid));
    }

    double take(Tensor pictures, List<Placement> placements) {
      x.set(pictures);
      matrices.set(AdversarialPatch.matrices(placements, side));
      plan.run();
      return plan.item(0);
    }
  }
}
