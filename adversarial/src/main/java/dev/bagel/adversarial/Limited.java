package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Plans;
import dev.bagel.tensor.Tensor;
import java.time.Duration;

/** A classifier that is lent to an attack under a {@link Limit}. */
final class Limited implements Classifier {
  private final Classifier f;
  private final Limit limit;
  private long start;
  private boolean begun;
  private Limit.Ending ending = Limit.Ending.COMPLETE;

  Limited(Classifier f, Limit limit) {
    this.f = f;
    this.limit = limit;
  }

  /** Whether the limit is reached; the time runs from the first call on. */
  synchronized boolean isOver() {
    if (!begun) {
      begun = true;
      start = System.nanoTime();
    }
    if (ending == Limit.Ending.COMPLETE) {
      if (limit.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
        ending = Limit.Ending.CANCELLED;
      } else if (isOverdue()) {
        ending = Limit.Ending.OUT_OF_TIME;
      }
    }
    return ending != Limit.Ending.COMPLETE;
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
    return f.plans();
  }

  @Override
  public Tensor scores(Tensor x) {
    return f.scores(x);
  }
}
