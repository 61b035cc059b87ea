package dev.bagel.adversarial;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import java.util.function.UnaryOperator;

/** Where an attack gets its gradient from: the model itself, an average, or queries alone. */
public interface GradientSource {
  /**
   * The gradient at x of Σᵢ objective(x)ᵢ, shaped like x.
   *
   * @param objective inputs [N, D] to one number each, [N]
   * @param key what randomness is drawn from, [4]
   */
  Var at(UnaryOperator<Var> objective, Var x, Var key);

  /** Backward passes and forward passes that one gradient costs, for each example. */
  Cost cost();

  static GradientSource exact() {
    return new Exact();
  }

  /** Reverse-mode differentiation through the model. */
  record Exact() implements GradientSource {
    @Override
    public Var at(UnaryOperator<Var> objective, Var x, Var key) {
      return Grad.of(objective.apply(x).sum(), x).get(0);
    }

    @Override
    public Cost cost() {
      return new Cost(1, 0);
    }
  }

  /**
   * The mean gradient at random points near x, x + σ·N(0, 1): expectation over transformation
   * (Athalye et al. 2018, "Synthesizing robust adversarial examples", §2.1) for the simplest of
   * transformations.
   */
  record Smoothed(int samples, double sigma) implements GradientSource {
    public Smoothed {
      checkSamples(samples);
      checkLength("σ", sigma);
    }

    /** One sample's gradient after the other, so that a plan holds the activations of one only. */
    @Override
    public Var at(UnaryOperator<Var> objective, Var x, Var key) {
      Var sum = null;
      for (int s = 0; s < samples; s++) {
        Var noise = Fn.gaussian(key, "smoothed " + s, x.shape()).mul((float) sigma);
        Var one = Grad.of(objective.apply(x.add(noise)).sum(), x).get(0);
        sum = sum == null ? one : sum.add(one);
      }
      return sum.mul(1f / samples);
    }

    @Override
    public Cost cost() {
      return new Cost(samples, 0);
    }
  }

  /**
   * Simultaneous perturbation: the mean of (f(x + cv) − f(x − cv)) / 2c · v over random signs v.
   * Spall 1992; Uesato et al. 2018, Algorithm 1. Two queries for each sample, no gradient at all.
   */
  record Spsa(int samples, double c) implements GradientSource {
    public Spsa {
      checkSamples(samples);
      checkLength("c", c);
    }

    @Override
    public Var at(UnaryOperator<Var> objective, Var x, Var key) {
      Var sum = null;
      for (int s = 0; s < samples; s++) {
        Var v = Fn.uniform(key, "spsa " + s, x.shape()).sub(0.5f).step().mul(2).sub(1);
        Var one = slopeAlong(v, objective, x, c).mul(1f / samples);
        sum = sum == null ? one : sum.add(one);
      }
      return sum;
    }

    @Override
    public Cost cost() {
      return new Cost(0, 2L * samples);
    }
  }

  /**
   * Natural evolution strategies: the mean of (f(x + σu) − f(x − σu)) / 2σ · u over normal u. Ilyas
   * et al. 2018, "Black-box adversarial attacks with limited queries and information", Algorithm 1
   * (which has 50 queries, so 25 samples here, and σ = 0.001). Each example has directions and a
   * slope of its own.
   */
  record Nes(int samples, double sigma) implements GradientSource {
    public Nes {
      checkSamples(samples);
      checkLength("σ", sigma);
    }

    @Override
    public Var at(UnaryOperator<Var> objective, Var x, Var key) {
      Var sum = null;
      for (int s = 0; s < samples; s++) {
        Var u = Fn.gaussian(key, "nes " + s, x.shape());
        Var one = slopeAlong(u, objective, x, sigma).mul(1f / samples);
        sum = sum == null ? one : sum.add(one);
      }
      return sum;
    }

    @Override
    public Cost cost() {
      return new Cost(0, 2L * samples);
    }
  }

  /** (f(x + cv) − f(x − cv)) / 2c · v, each example with its own f. */
  private static Var slopeAlong(Var v, UnaryOperator<Var> objective, Var x, double c) {
    Var up = objective.apply(x.add(v.mul((float) c)));
    Var down = objective.apply(x.sub(v.mul((float) c)));
    return v.mul(up.sub(down).mul((float) (1 / (2 * c))).reshape(x.shape().dim(0), 1));
  }

  private static void checkSamples(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException(samples + " samples of the gradient: at least one");
    }
  }

  private static void checkLength(String name, double length) {
    if (!(length > 0) || Double.isInfinite(length)) {
      throw new IllegalArgumentException(
          name + " = " + length + ": a positive length in input units");
    }
  }
}
