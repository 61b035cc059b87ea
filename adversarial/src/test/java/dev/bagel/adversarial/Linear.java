package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** Scores W x + b, whose worst perturbation is known: the yardstick of attacks. */
record Linear(Tensor w, Tensor b) {
  static Linear random(int classes, int d, Rng rng) {
    return new Linear(
        Tensor.gaussian(Shape.of(classes, d), rng.at("w")),
        Tensor.gaussian(Shape.of(classes), rng.at("b")));
  }

  int d() {
    return w.shape().dim(1);
  }

  int classes() {
    return w.shape().dim(0);
  }

  Classifier in(Bounds bounds) {
    return Classifier.of(x -> x.matmul(Var.constant(w), false, true).add(Var.constant(b)), bounds);
  }

  /** w_k − w_j: the gradient of the difference of two scores. */
  double[] difference(int k, int j) {
    double[] g = new double[d()];
    for (int i = 0; i < g.length; i++) {
      g[i] = (double) w.get(k * d() + i) - w.get(j * d() + i);
    }
    return g;
  }

  /** The score of a class for row {@code r} of x, in double. */
  double score(Tensor x, int r, int k) {
    double s = b.get(k);
    for (int i = 0; i < d(); i++) {
      s += (double) w.get(k * d() + i) * x.get(r * d() + i);
    }
    return s;
  }

  /** z_k − max of the others. */
  double margin(Tensor x, int r, int k) {
    double best = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes(); j++) {
      best = j == k ? best : Math.max(best, score(x, r, j));
    }
    return score(x, r, k) - best;
  }

  int[] predict(Tensor x) {
    int[] y = new int[x.shape().dim(0)];
    for (int r = 0; r < y.length; r++) {
      while (margin(x, r, y[r]) < 0) {
        y[r]++;
      }
    }
    return y;
  }
}
