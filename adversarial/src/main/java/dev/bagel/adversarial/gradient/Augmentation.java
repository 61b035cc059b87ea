package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.AttackException;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * A random, differentiable change of an input that should not change what is seen in it. A record,
 * so that it prints, and so that plans are found again.
 */
@FunctionalInterface
public interface Augmentation {
  /**
   * The changed inputs.
   *
   * @param x inputs, [N, …]
   * @param key what randomness is drawn from, [N, 4], by {@link Fn#uniform} and {@link Fn#gaussian}
   * @param purpose what to draw for: another one for each sample
   */
  Var of(Var x, Var key, String purpose);

  /**
   * Images shrunk to a random share of their size from {@code least} to 1, at a random place on
   * zeros, with some probability.
   */
  static Augmentation shrink(double least, double probability) {
    return new Shrink(least, probability);
  }

  /** The input as it is, in a pass of its own: for a model that is random by itself. */
  static Augmentation none() {
    return new None();
  }

  /** σ · N(0, 1) added. */
  static Augmentation noise(double sigma) {
    return new Noise(sigma);
  }

  /** This, then another one. */
  default Augmentation then(Augmentation next) {
    return new Then(this, next);
  }

  /** {@link #shrink}: sizes are no whole numbers of pixels, every example has its own. */
  record Shrink(double least, double probability) implements Augmentation {
    public Shrink {
      if (!(least > 0 && least <= 1 && probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException(
            "shrinking to " + least + " with probability " + probability + ": both up to 1");
      }
    }

    /** The image is read at (g − c) / s, where g is the place, s the size and c the centre. */
    @Override
    public Var of(Var x, Var key, String purpose) {
      Var u = Fn.uniform(key, purpose, checked(x.shape()).with(1, 4).sub(0, 2));
      Var drawn = column(u, 0).mul((float) (1 - least)).add((float) least);
      Var chosen = Var.constant((float) probability).sub(column(u, 1)).step();
      Var size = chosen.where(drawn, 1);
      Var room = size.neg().add(1); // how far the centre can go to either side
      Var cx = column(u, 2).mul(2).sub(1).mul(room);
      Var cy = column(u, 3).mul(2).sub(1).mul(room);
      Var centre = Var.concat(3, cx, cy);
      Var grid = Var.constant(places(x.shape())).sub(centre).div(size);
      return Fn.gridSample(x, grid, Fn.Outside.ZEROS, false);
    }

    private static Var column(Var u, int i) {
      return u.slice(1, i, i + 1).reshape(u.shape().dim(0), 1, 1, 1);
    }

    /** The places of the pixels' centres, [1, H, W, 2] in [−1, 1]. */
    private static Tensor places(Shape s) {
      int h = s.dim(2);
      int w = s.dim(3);
      float[] p = new float[2 * h * w];
      for (int i = 0; i < h * w; i++) {
        p[2 * i] = (2 * (i % w) + 1f) / w - 1;
        p[2 * i + 1] = (2 * (i / w) + 1f) / h - 1;
      }
      return Tensor.wrap(Shape.of(1, h, w, 2), p);
    }
  }

  /** {@link #none}. */
  record None() implements Augmentation {
    @Override
    public Var of(Var x, Var key, String purpose) {
      return x.add(0); // x itself has been through the model
    }
  }

  /** {@link #noise}. */
  record Noise(double sigma) implements Augmentation {
    public Noise {
      if (!(sigma > 0) || Double.isInfinite(sigma)) {
        throw new IllegalArgumentException("σ = " + sigma + ": a positive length in input units");
      }
    }

    @Override
    public Var of(Var x, Var key, String purpose) {
      return x.add(Fn.gaussian(key, purpose, x.shape()).mul((float) sigma));
    }
  }

  /** {@link #then}. */
  record Then(Augmentation first, Augmentation next) implements Augmentation {
    @Override
    public Var of(Var x, Var key, String purpose) {
      return next.of(first.of(x, key, purpose + " first"), key, purpose + " next");
    }
  }

  /** The shape of a batch of images, refused if it is none. */
  private static Shape checked(Shape s) {
    if (s.rank() != 4) {
      throw new AttackException(
          "inputs " + s + " are no images [N, C, H, W]: take an attack that needs none");
    }
    return s;
  }
}
