package dev.bagel.adversarial;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Where an attack gets its gradient from: the model itself, an average, or queries alone. */
public interface GradientSource {
  /**
   * The gradient at x of Σᵢ objective(x)ᵢ, shaped like x.
   *
   * @param objective inputs [N, …] to one number each, [N]
   * @param x inputs in the shape that the model takes, [N, …]
   * @param key what randomness is drawn from, [4]
   */
  Var at(UnaryOperator<Var> objective, Var x, Var key);

  /**
   * What an attack asks at each step.
   *
   * @param epsilon the radius of the ball, [N, 1]
   * @param memory what the source remembered at the last step, shaped like x
   */
  record Question(
      UnaryOperator<Var> objective, Var x, Var key, Var epsilon, Map<String, Var> memory) {
    /** The radius, so that it can be multiplied with x. */
    public Var radius() {
      return each(epsilon, x);
    }
  }

  /** A gradient, and what to remember for the next step. */
  record Answer(Var gradient, Map<String, Var> memory) {}

  /** What is remembered from step to step, by name, and what that is at the beginning. */
  default Map<String, Float> memory() {
    return Map.of();
  }

  /** {@link #at}, for a source that also looks at the radius, or back at earlier steps. */
  default Answer answer(Question q) {
    return new Answer(at(q.objective(), q.x(), q.key()), Map.of());
  }

  /** Backward passes and forward passes that one gradient costs, for each example. */
  Cost cost();

  static GradientSource exact() {
    return new Exact();
  }

  /** 50 pairs of queries at distance 0.001 for each gradient: Ilyas et al. 2018, §4. */
  static GradientSource nes() {
    return new Nes(50, 0.001);
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
        Var one = slopeAlong(v, c, objective, x, samples);
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
   * Natural evolution strategies: the mean of (f(x + σu) − f(x − σu)) / 2σ · u over normal
   * directions u, which estimates the gradient of f blurred by σ. Directions come in pairs ±u
   * (antithetic sampling), each example has its own, and its own slopes. Ilyas et al. 2018,
   * Algorithm 1; Salimans et al. 2017, §2.1.
   *
   * @param samples pairs of queries
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
        Var one = slopeAlong(u, sigma, objective, x, samples);
        sum = sum == null ? one : sum.add(one);
      }
      return sum;
    }

    @Override
    public Cost cost() {
      return new Cost(0, 2L * samples);
    }
  }

  /** One of so many samples of (f(x + cv) − f(x − cv)) / 2c · v, every example along its own v. */
  private static Var slopeAlong(Var v, double c, UnaryOperator<Var> objective, Var x, int samples) {
    Var up = objective.apply(x.add(v.mul((float) c)));
    Var down = objective.apply(x.sub(v.mul((float) c)));
    Var slopes = up.sub(down).mul((float) (1 / (2 * c * samples)));
    return v.mul(each(slopes, x));
  }

  /** One number for each example, [N, 1, …], so that it can be multiplied with x. */
  private static Var each(Var numbers, Var x) {
    int[] dims = new int[x.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = x.shape().dim(0);
    return numbers.reshape(dims);
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
