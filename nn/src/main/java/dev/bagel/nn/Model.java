package dev.bagel.nn;

import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Map;

/**
 * An architecture, its numbers, and what its inputs are: a value. Training returns a new one.
 *
 * <p>Any number of threads may use one model at once.
 */
public final class Model implements Classifier {
  private final Layer net;
  private final Params params;
  private final Shape example;
  private final Bounds bounds;
  private final Preprocessing preprocessing;
  private final Plans plans;

  private Model(
      Layer net,
      Params params,
      Shape example,
      Bounds bounds,
      Preprocessing preprocessing,
      Device device) {
    this.net = net;
    this.params = params;
    this.example = example;
    this.bounds = bounds;
    this.preprocessing = preprocessing;
    plans = new Plans(device);
  }

  /** A fresh model for inputs of shape {@code example} (without the batch axis) in 0 … 1. */
  public static Model init(Layer net, Shape example, Rng rng) {
    return of(net, net.init(rng), example);
  }

  /** A model with these numbers. */
  public static Model of(Layer net, Params params, Shape example) {
    return new Model(net, params, example, Bounds.UNIT, Preprocessing.NONE, Device.CPU);
  }

  public Layer net() {
    return net;
  }

  public Params params() {
    return params;
  }

  /** The shape of one input, without the batch axis, such as [1, 28, 28]. */
  public Shape example() {
    return example;
  }

  @Override
  public Bounds bounds() {
    return bounds;
  }

  public Preprocessing preprocessing() {
    return preprocessing;
  }

  @Override
  public Plans plans() {
    return plans;
  }

  public Model with(Params params) {
    return new Model(net, params, example, bounds, preprocessing, plans.device());
  }

  public Model with(Bounds bounds) {
    return new Model(net, params, example, bounds, preprocessing, plans.device());
  }

  public Model with(Preprocessing preprocessing) {
    return new Model(net, params, example, bounds, preprocessing, plans.device());
  }

  /** The same model, whose scores, gradients and attacks are computed on a device. */
  public Model on(Device device) {
    return new Model(net, params, example, bounds, preprocessing, device);
  }

  /**
   * A model for evaluation with fewer layers and the same scores up to rounding: every batch
   * normalisation that directly follows a convolution is folded into its filters and its bias
   * (Ioffe and Szegedy 2015, §3.1: with fixed statistics it is a linear map). Gradients in the
   * input agree as the scores do.
   *
   * <p>An empty {@link dev.bagel.nn.layer.Sequential}, the identity, stays where a normalisation
   * was. So every other parameter and every activation keeps its name; what is called like a folded
   * convolution is what its normalisation put out. A convolution without a bias gets one.
   *
   * <p>What cannot be folded stays: normalisation after a sum, a pool or an activation, as at the
   * beginning of a pre-activation block, and one whose folded numbers no float holds. A model with
   * nothing to fold is returned itself, a folded one too.
   *
   * <p>In training the result is a network without those normalisations: it uses no statistics of
   * the batch and observes none.
   */
  public Model folded() {
    return Folding.of(this);
  }

  /** Scores in evaluation, with constant weights: gradients reach the input and nothing else. */
  @Override
  public Var logits(Var x) {
    return logits(pass(), x);
  }

  /**
   * A trip of evaluation with constant weights, for {@link #logits(Pass, Var)}; after it the pass
   * has what every layer put out, by name.
   */
  public Pass pass() {
    return Pass.evaluate(Pass.vars(params, Var::constant));
  }

  /** Scores on a trip of the caller's, which decides about mode, weights and randomness. */
  public Var logits(Pass pass, Var x) {
    if (!takes(x.shape())) {
      throw new ShapeException("model for inputs [N, …] of %s: found %s", example, x.shape());
    }
    Var shaped = x.reshape(x.shape().sub(0, 1).concat(example));
    Var prepared = preprocessing.apply(shaped);
    return net.apply(pass, prepared == shaped ? shaped : pass.saw("preprocessing", prepared));
  }

  /** Whether x is [N] and the shape of an example, or [N, elements of an example]. */
  boolean takes(Shape x) {
    return x.rank() > 0
        && (x.sub(1, x.rank()).equals(example)
            || ((x.rank() == 2 || example.rank() == 1) && x.size() == x.dim(0) * example.size()));
  }

  /** Scores in evaluation with other numbers of the same names, as variables. */
  public Var logits(Map<String, Var> vars, Var x) {
    return logits(Pass.evaluate(vars), x);
  }

  @Override
  public String toString() {
    return "model %s, %,d weights, inputs %s in %s".formatted(net, params.count(), example, bounds);
  }
}
