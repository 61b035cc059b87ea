package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.spatial.Warp;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A picture that, laid somewhere on any other picture, makes a model say one class: Brown et al.
 * 2017, "Adversarial patch". It covers what is under it and leaves the rest alone.
 *
 * @param patch [C, side, side]
 * @param shape what of it is opaque
 * @param where where it is laid, at random for every example
 * @param target what the model is to say
 */
public record AdversarialPatch(Tensor patch, PatchShape shape, Placements where, int target)
    implements Attack {
  public AdversarialPatch {
    Shape s = patch.shape();
    if (s.rank() != 3 || s.dim(1) != s.dim(2) || s.size() == 0) {
      throw new IllegalArgumentException("a patch of shape " + s + ": [C, side, side]");
    }
  }

  /** The share of a picture [C, H, W] that the patch covers at scale 1. */
  public double area(Shape picture) {
    return shape.mask(side()).sum().item() / ((double) picture.dim(1) * picture.dim(2));
  }

  private int side() {
    return patch.shape().dim(1);
  }

  /**
   * Lays the patch on every picture, where its seed says.
   *
   * @throws AttackException if these are no pictures, or of other channels
   */
  public Pasted paste(Tensor x, Bounds bounds, Seeds seeds) {
    check(x.shape(), patch.shape().dim(0));
    Shape picture = x.shape().sub(1, 4);
    List<Placement> placements =
        IntStream.range(0, x.shape().dim(0))
            .mapToObj(i -> where.draw(picture, side(), seeds.example(i).at("placement")))
            .toList();
    return new Pasted(at(x, bounds, placements), placements);
  }

  /** Lays the patch where it is told to. */
  public Tensor at(Tensor x, Bounds bounds, List<Placement> placements) {
    if (placements.isEmpty()) {
      return x;
    }
    Var laid =
        laid(
            Var.constant(x),
            Var.constant(patch),
            shape.mask(side()),
            Var.constant(matrices(placements, side())));
    return bounds.clip(laid.value());
  }

  static void check(Shape x, int channels) {
    if (x.rank() != 4 || x.dim(1) != channels) {
      throw new AttackException(
          "a patch of " + channels + " channels on inputs " + x + ": pictures [N, C, H, W]");
    }
  }

  static Tensor matrices(List<Placement> placements, int side) {
    float[] all = new float[9 * placements.size()];
    double[] m = new double[9];
    for (int i = 0; i < placements.size(); i++) {
      placements.get(i).fill(side, m);
      for (int j = 0; j < 9; j++) {
        all[9 * i + j] = (float) m[j];
      }
    }
    return Tensor.wrap(Shape.of(placements.size(), 3, 3), all);
  }

  /**
   * x (1 − m) + m p, with mask and patch moved to their places: A(p, x, l, t) of the paper. At its
   * edge a patch is as transparent as the pixel is covered.
   */
  static Var laid(Var x, Var patch, Tensor mask, Var matrices) {
    int n = x.shape().dim(0);
    int h = x.shape().dim(2);
    int w = x.shape().dim(3);
    Shape one = Shape.of(n);
    Var cover = Var.constant(mask);
    Var m = Warp.apply(cover.broadcastTo(one.concat(mask.shape())), matrices, h, w, 0);
    Var ink = patch.mul(cover);
    Var p = Warp.apply(ink.broadcastTo(one.concat(ink.shape())), matrices, h, w, 0);
    return x.mul(m.neg().add(1)).add(p);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Tensor laid = paste(x, f.bounds(), seeds).x();
    return new Found(laid, goal.reached(f.scores(laid)), new Cost(0, x.shape().dim(0)));
  }

  /**
   * How often a model says the target where it should say something else: the share of the pictures
   * of other classes, each with the patch at its place.
   *
   * @throws IllegalArgumentException if all are of the target's class
   */
  public double successRate(Classifier f, Tensor x, int[] labels, Seeds seeds) {
    int[] others = IntStream.range(0, labels.length).filter(i -> labels[i] != target).toArray();
    if (others.length == 0) {
      throw new IllegalArgumentException("no picture of another class than " + target);
    }
    Pasted pasted = paste(x.rows(others), f.bounds(), seeds.rows(others));
    int[] predicted = Decision.of(f, pasted.x());
    return Arrays.stream(predicted).filter(k -> k == target).count() / (double) others.length;
  }

  @Override
  public String toString() {
    return "AdversarialPatch %s %s for class %d, %s".formatted(shape, patch.shape(), target, where);
  }
}
