package dev.bagel.adversarial.gradient;

import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Plans;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A classifier behind a defence without a useful gradient, f(g(x)): forward it is what it is,
 * backward h takes the place of g. Backward pass differentiable approximation, Athalye et al. 2018,
 * "Obfuscated gradients give a false sense of security", §4.1.
 *
 * <pre>{@code
 * Classifier seen = Bpda.of(model, "jpeg", x -> jpeg(x));    // h is the identity
 * Pgd.in(ball).run(seen, x, goal, seeds);
 * }</pre>
 *
 * @param f the classifier behind the defence
 * @param name what graphs print for the defence
 * @param forward g: [N, …] → [N, …]; it runs at every replay, so it may not keep state
 * @param backward h, of the same shape
 * @param plans of the whole
 */
public record Bpda(
    Classifier f,
    String name,
    UnaryOperator<Tensor> forward,
    UnaryOperator<Var> backward,
    Plans plans)
    implements Classifier {
  /** Backward the identity, the straight-through estimator: for a g that stays near its input. */
  public static Bpda of(Classifier f, String name, UnaryOperator<Tensor> forward) {
    return new Bpda(f, name, forward, UnaryOperator.identity(), new Plans(f.plans().device()));
  }

  /** With another stand-in for the defence. */
  public Bpda backward(UnaryOperator<Var> h) {
    return new Bpda(f, name, forward, h, new Plans(f.plans().device()));
  }

  /** The vector–Jacobian product of h at the same point; of first order only. */
  @Override
  public Var logits(Var x) {
    Custom defence =
        new Custom(
            name,
            shapes -> shapes.get(0),
            values -> forward.apply(values.get(0)),
            (i, g, args, y) -> {
              Var at = args.get(0);
              return Grad.of(backward.apply(at).mul(g.detach()).sum(), at).get(0);
            });
    return f.logits(defence.of(x));
  }

  @Override
  public Bounds bounds() {
    return f.bounds();
  }
}
