package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Plans;
import dev.bagel.tensor.Tensor;
import java.time.Duration;

/**
 * A classifier that answers as long as a limit allows: every attack asks its model again and again,
 * and so every attack can be stopped without knowing of it.
 */
final class Limited implements Classifier {
  /** Why an attack ends early; for whoever set the limit. */
  static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1;

    Over() {
      super("the limit of the evaluation is reached", null, false, false);
    }
  }

  private final Classifier f;
  private final Limit limit;
  private long start;
  private boolean asked;
  private Limit.Ending ending = Limit.Ending.COMPLETE;

  Limited(Classifier f, Limit limit) {
    this.f = f;
    this.limit = limit;
  }

  /** Throws if {@code f} is limited and the limit is reached. */
  static void check(Classifier f) {
    if (f instanceof Limited limited) {
      limited.check();
    }
  }

  private synchronized void check() {
    if (!asked) {
      asked = true;
      start = System.nanoTime();
    }
    if (ending == Limit.Ending.COMPLETE) {
      if (limit.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
        ending = Limit.Ending.CANCELLED;
      } else if (isOverdue()) {
        ending = Limit.Ending.OUT_OF_TIME;
      }
    }
    if (ending != Limit.Ending.COMPLETE) {
      throw new Over();
    }
  }

  private boolean isOverdue() {
    Duration spent = Duration.ofNanos(System.nanoTime() - start);
    return limit.time() != null && spent.compareTo(limit.time()) >= 0;
  }

  /** How it ended, as far as one knows. */
  synchronized Limit.Ending ending() {
    return ending;
  }

  @Override
  public Var logits(Var x) {
    return f.logits(x);
  }

  @Override
  public Bounds bounds() {
    return f.bounds();
  }

  @Override
  public Plans plans() {
    check();
    return f.plans();
  }

  @Override
  public Tensor scores(Tensor x) {
    check();
    return f.scores(x);
  }
}
