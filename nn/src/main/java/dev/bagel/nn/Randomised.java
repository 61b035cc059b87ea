package dev.bagel.nn;

import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;

/** {@link Classifier#random}: a function whose every pass draws from a key of its own. */
final class Randomised implements Classifier {
  private final BinaryOperator<Var> f;
  private final Bounds bounds;
  private final Rng rng;
  private final AtomicLong passes = new AtomicLong();
  private final Plans plans = new Plans();

  Randomised(BinaryOperator<Var> f, Bounds bounds, Rng rng) {
    this.f = f;
    this.bounds = bounds;
    this.rng = rng;
  }

  /**
   * Draws the next key. Equal to itself only: two passes of one plan may not share what it gives.
   */
  private final class Next implements Custom.Forward {
    @Override
    public Tensor of(List<Tensor> x) {
      return Fn.key(rng.at(passes.getAndIncrement()));
    }
  }

  /** The key hangs on x, so that a plan draws it in every run instead of keeping it. */
  @Override
  public Var logits(Var x) {
    Custom key = new Custom("key", s -> Shape.of(4), new Next(), (i, g, args, y) -> null);
    return f.apply(x, key.of(x.detach()));
  }

  @Override
  public Bounds bounds() {
    return bounds;
  }

  @Override
  public Plans plans() {
    return plans;
  }
}
