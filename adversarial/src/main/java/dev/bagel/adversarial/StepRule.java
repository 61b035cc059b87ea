package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Optimizer;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * Which way an attack moves, given a gradient. The rule is a value; what it remembers from step to
 * step is the caller's.
 */
public sealed interface StepRule {
  /** What is remembered, by name, and what that is at the beginning; all shaped like δ. */
  Map<String, Float> memory();

  /**
   * The perturbation after a step, before any projection.
   *
   * @param delta the perturbation, [N, D]
   * @param g the gradient to climb
   * @param alpha the step size, a scalar
   * @param t the number of the step, counted from 1, a scalar
   */
  Optimizer.Moved move(Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm);

  /** Where the gradient of the next step is asked for: at x, [N, D], unless a rule looks ahead. */
  default Var lookAhead(Var x, Map<String, Var> memory, Var alpha, Norm norm) {
    return x;
  }

  static StepRule steepest() {
    return new Steepest();
  }

  static StepRule momentum(double mu) {
    return new Momentum(mu);
  }

  static StepRule nesterov(double mu) {
    return new Nesterov(mu);
  }

  static StepRule sparse(double quantile) {
    return new Sparse(quantile);
  }

  static StepRule by(Optimizer optimizer) {
    return new By(optimizer);
  }

  /** δ + α · steepest ascent. */
  record Steepest() implements StepRule {
    @Override
    public Map<String, Float> memory() {
      return Map.of();
    }

    @Override
    public Optimizer.Moved move(
        Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm) {
      return new Optimizer.Moved(delta.add(norm.ascent(g).mul(alpha)), Map.of());
    }
  }

  /** m ← μm + g/‖g‖₁, then a step along m: Dong et al. 2018, Eq. (6) and (7), per example. */
  record Momentum(double mu) implements StepRule {
    @Override
    public Map<String, Float> memory() {
      return Map.of("m", 0f);
    }

    @Override
    public Optimizer.Moved move(
        Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm) {
      Var unit = g.div(Norm.L1.length(g).max(Norm.TINY));
      Var m = memory.get("m").mul((float) mu).add(unit);
      return new Optimizer.Moved(delta.add(norm.ascent(m).mul(alpha)), Map.of("m", m));
    }
  }

  /**
   * Momentum whose gradient is that of the point where the momentum would lead: Lin et al. 2020,
   * Eq. (6) and (7), x + αμm.
   *
   * <p>The m of the equation is a sum of gradients of ℓ1 length 1, and αm is next to nothing. Its
   * authors divide by the mean of |g| instead of the sum, so that elements are about 1; so does
   * this look ahead, and in other norms than ℓ∞ it scales m to about length 1 likewise.
   */
  record Nesterov(double mu) implements StepRule {
    @Override
    public Map<String, Float> memory() {
      return momentum(mu).memory();
    }

    @Override
    public Var lookAhead(Var x, Map<String, Var> memory, Var alpha, Norm norm) {
      float[] ones = new float[x.shape().dim(1)];
      Arrays.fill(ones, 1);
      double scale = mu * ones.length / norm.length(ones);
      return x.add(memory.get("m").mul(alpha).mul((float) scale));
    }

    @Override
    public Optimizer.Moved move(
        Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm) {
      return momentum(mu).move(delta, g, memory, alpha, t, norm);
    }
  }

  /**
   * A step of ℓ1 length α along the signs of the elements of g whose size is in the uppermost 1 −
   * q: Tramèr and Boneh 2019, Algorithm 1. At least one element moves.
   *
   * @param quantile q, from 0 to below 1
   */
  record Sparse(double quantile) implements StepRule {
    public Sparse {
      if (!(quantile >= 0 && quantile < 1)) {
        throw new IllegalArgumentException("quantile " + quantile + ": from 0 to below 1");
      }
    }

    @Override
    public Map<String, Float> memory() {
      return Map.of();
    }

    @Override
    public Optimizer.Moved move(
        Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm) {
      int k = (int) Math.max(1, Math.round((1 - quantile) * g.shape().dim(1)));
      Var most = Var.constant(Tensor.full(g.shape().with(1, 1), k));
      return new Optimizer.Moved(delta.add(Norm.sparse(g, most).mul(alpha)), Map.of());
    }
  }

  /**
   * The step of an optimizer that moves the perturbation along −surrogate; α takes the place of its
   * rate. This is how the tutorial crafts perturbations, with a true projection.
   */
  record By(Optimizer optimizer) implements StepRule {
    @Override
    public Map<String, Float> memory() {
      return optimizer.memory();
    }

    @Override
    public Optimizer.Moved move(
        Var delta, Var g, Map<String, Var> memory, Var alpha, Var t, Norm norm) {
      return optimizer.move(delta, g.neg(), memory, alpha, t);
    }
  }
}
