package dev.bagel.nn;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/** Scores and input gradients of many inputs, batch by batch, through replayed plans. */
final class Inference {
  private static final int BATCH = 128;

  private Inference() {}

  /** A plan of the scores. */
  private record Forward(Cell x, Plan plan) {
    static Forward of(Classifier f, Shape shape) {
      Cell x = Cell.of("x", shape);
      return new Forward(x, f.plans().plan(f.logits(x.var())));
    }

    Tensor run(Tensor batch) {
      x.set(batch);
      plan.run();
      return plan.value(0);
    }
  }

  /** A plan of the gradient of the cross-entropy. */
  private record Backward(Cell x, Cell labels, int classes, Plan plan) {
    static Backward of(Classifier f, Shape shape) {
      Cell x = Cell.of("x", shape);
      Cell labels = Cell.of("labels", Shape.of(shape.dim(0)));
      Var logits = f.logits(x.var());
      Var loss = Loss.crossEntropy(logits, labels.var()).sum();
      return new Backward(
          x, labels, logits.shape().dim(1), f.plans().plan(Grad.of(loss, x.var()).get(0)));
    }

    Tensor run(Tensor batch, int[] y) {
      for (int label : y) {
        if (label < 0 || label >= classes) {
          throw new IllegalArgumentException(
              "gradients: label " + label + ", and there are classes 0 … " + (classes - 1));
        }
      }
      x.set(batch);
      labels.set(Tensor.ofInts(y));
      plan.run();
      return plan.value(0);
    }
  }

  static Tensor scores(Classifier f, Tensor x) {
    if (x.shape().dim(0) == 0) { // what an attack leaves when it is done with everything: [0, K]
      Var one = Cell.of("x", x.shape().with(0, 1)).var();
      return Tensor.zeros(f.logits(one).shape().with(0, 0));
    }
    return batched(
        x,
        (batch, from) ->
            f.plans()
                .with(
                    Forward.class,
                    batch.shape(),
                    () -> Forward.of(f, batch.shape()),
                    p -> p.run(batch)));
  }

  static Tensor gradients(Classifier f, Tensor x, int[] labels) {
    if (x.shape().rank() == 0 || labels.length != x.shape().dim(0)) {
      throw new ShapeException("gradients of %s: %d labels", x.shape(), labels.length);
    }
    if (labels.length == 0) {
      return x;
    }
    return batched(
        x,
        (batch, from) ->
            f.plans()
                .with(
                    Backward.class,
                    batch.shape(),
                    () -> Backward.of(f, batch.shape()),
                    p ->
                        p.run(
                            batch, Arrays.copyOfRange(labels, from, from + batch.shape().dim(0)))));
  }

  private interface PerBatch {
    Tensor of(Tensor batch, int from);
  }

  private static Tensor batched(Tensor x, PerBatch f) {
    int n = x.shape().dim(0);
    if (n <= BATCH) {
      return f.of(x, 0);
    }
    Tensor first = f.of(x.slice(0, BATCH), 0);
    Tensor[] rest = new Tensor[(n - 1) / BATCH];
    for (int i = 0; i < rest.length; i++) {
      int from = (i + 1) * BATCH;
      rest[i] = f.of(x.slice(from, Math.min(n, from + BATCH)), from);
    }
    return Tensor.stack(first, rest);
  }
}
