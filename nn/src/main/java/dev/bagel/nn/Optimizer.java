package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import java.util.Map;

/**
 * A rule that moves numbers against their gradient. The rule is a value; what it remembers of every
 * number is the caller's, who passes it in and gets it back. It is written in {@link Var}s, so a
 * plan runs it in one pass over the parameters, and an attack can move an image with it.
 *
 * <p>Conventions (where ε is added, what decay means) are those of PyTorch, but for {@link Ftrl},
 * which only Keras has.
 */
public sealed interface Optimizer {
  /** The learning rate before any schedule. */
  double rate();

  /** What is remembered of every number, by name, and what that is at the beginning. */
  Map<String, Float> memory();

  /**
   * One step.
   *
   * @param p the numbers
   * @param g their gradient
   * @param memory what is remembered of them
   * @param rate this step's learning rate, a scalar
   * @param t the number of this step, counted from 1, a scalar
   */
  Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t);

  /** Numbers after a step, and what is now remembered of them. */
  record Moved(Var p, Map<String, Var> memory) {}

  static Sgd sgd(double rate) {
    return new Sgd(rate, 0, false, 0);
  }

  static Sgd sgd(double rate, double momentum) {
    return new Sgd(rate, momentum, false, 0);
  }

  static Adam adam(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8, 0, false);
  }

  /** Adam with decay that does not pass through the gradient: Loshchilov and Hutter 2019. */
  static Adam adamW(double rate, double decay) {
    return new Adam(rate, 0.9, 0.999, 1e-8, decay, true);
  }

  static RmsProp rmsProp(double rate) {
    return new RmsProp(rate, 0.99, 1e-8);
  }

  static Adagrad adagrad(double rate) {
    return new Adagrad(rate, 0, 1e-10);
  }

  static Ftrl ftrl(double rate) {
    return new Ftrl(rate, 0.1, 0, 0);
  }

  /**
   * v ← μv + g, p ← p − ηv; with Nesterov's look-ahead p ← p − η(g + μv). Sutskever et al. 2013,
   * §2.
   */
  record Sgd(double rate, double momentum, boolean nesterov, double decay) implements Optimizer {
    public Sgd nesterov(boolean on) {
      return new Sgd(rate, momentum, on, decay);
    }

    /** Adds {@code decay} · p to the gradient. */
    public Sgd decay(double decay) {
      return new Sgd(rate, momentum, nesterov, decay);
    }

    @Override
    public Map<String, Float> memory() {
      return momentum == 0 ? Map.of() : Map.of("v", 0f);
    }

    @Override
    public Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t) {
      Var d = decayed(g, p, decay);
      if (momentum == 0) {
        return new Moved(p.sub(d.mul(rate)), Map.of());
      }
      Var v = memory.get("v").mul((float) momentum).add(d);
      Var direction = nesterov ? d.add(v.mul((float) momentum)) : v;
      return new Moved(p.sub(direction.mul(rate)), Map.of("v", v));
    }
  }

  /** Kingma and Ba 2015, Algorithm 1; with {@code decoupled} decay, AdamW. */
  record Adam(
      double rate, double beta1, double beta2, double epsilon, double decay, boolean decoupled)
      implements Optimizer {
    @Override
    public Map<String, Float> memory() {
      return Map.of("m", 0f, "v", 0f);
    }

    @Override
    public Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t) {
      Var d = decoupled ? g : decayed(g, p, decay);
      Var m = average(memory.get("m"), d, beta1);
      Var v = average(memory.get("v"), d.square(), beta2);
      Var root = v.div(unbias(beta2, t)).sqrt().add((float) epsilon); // √v̂ + ε
      Var step = m.div(unbias(beta1, t)).div(root); // m̂ / (√v̂ + ε)
      Var start = decoupled && decay != 0 ? p.sub(p.mul(rate.mul((float) decay))) : p;
      return new Moved(start.sub(step.mul(rate)), Map.of("m", m, "v", v));
    }

    /** 1 − βᵗ as −expm1(t ln β): a float would lose half the digits of 1 − 0.999. */
    private static Var unbias(double beta, Var t) {
      return t.mul((float) Math.log(beta)).expm1().neg();
    }
  }

  /** v ← ρv + (1 − ρ)g², p ← p − ηg / (√v + ε): Tieleman and Hinton 2012. */
  record RmsProp(double rate, double rho, double epsilon) implements Optimizer {
    @Override
    public Map<String, Float> memory() {
      return Map.of("v", 0f);
    }

    @Override
    public Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t) {
      Var v = average(memory.get("v"), g.square(), rho);
      return new Moved(p.sub(g.div(v.sqrt().add((float) epsilon)).mul(rate)), Map.of("v", v));
    }
  }

  /** s ← s + g², p ← p − ηg / (√s + ε): Duchi et al. 2011. */
  record Adagrad(double rate, double initial, double epsilon) implements Optimizer {
    @Override
    public Map<String, Float> memory() {
      return Map.of("s", (float) initial);
    }

    @Override
    public Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t) {
      Var s = memory.get("s").add(g.square());
      return new Moved(p.sub(g.div(s.sqrt().add((float) epsilon)).mul(rate)), Map.of("s", s));
    }
  }

  /**
   * Follow the regularised leader: McMahan et al. 2013, Algorithm 1, with the conventions of Keras
   * (power −½, β = 0). z begins at 0, so the first step starts from 0 and not from p₀, as in Keras.
   *
   * @param initial the accumulator's first value, positive
   * @param l1 weight of |p|
   * @param l2 weight of p²
   */
  record Ftrl(double rate, double initial, double l1, double l2) implements Optimizer {
    @Override
    public Map<String, Float> memory() {
      return Map.of("n", (float) initial, "z", 0f);
    }

    @Override
    public Moved move(Var p, Var g, Map<String, Var> memory, Var rate, Var t) {
      Var n = memory.get("n").add(g.square());
      Var sigma = n.sqrt().sub(memory.get("n").sqrt()).div(rate);
      Var z = memory.get("z").add(g).sub(sigma.mul(p));
      Var shrunk = z.clamp((float) -l1, (float) l1).sub(z);
      Var next = shrunk.div(n.sqrt().div(rate).add((float) (2 * l2)));
      return new Moved(next, Map.of("n", n, "z", z));
    }
  }

  private static Var decayed(Var g, Var p, double decay) {
    return decay == 0 ? g : g.add(p.mul((float) decay));
  }

  /** βa + (1 − β)x. */
  private static Var average(Var a, Var x, double beta) {
    return a.mul((float) beta).add(x.mul((float) (1 - beta)));
  }
}
