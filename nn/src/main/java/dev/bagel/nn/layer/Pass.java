package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * One trip of one batch through a network: the parameters that it reads, how it behaves, and what
 * it saw on the way.
 */
public final class Pass {
  /** Which of its two behaviours a layer shows. */
  public enum Mode {
    /** Batch statistics are used and observed, dropout drops. */
    TRAIN,
    /** Running statistics are used, nothing is random. */
    EVALUATE
  }

  private final Mode mode;
  private final Map<String, Var> params;
  private final String path;
  private final Var key;
  private final Map<String, Var> seen;
  private final Map<String, Var> updates;

  private Pass(
      Mode mode,
      Map<String, Var> params,
      String path,
      Var key,
      Map<String, Var> seen,
      Map<String, Var> updates) {
    this.mode = mode;
    this.params = params;
    this.path = path;
    this.key = key;
    this.seen = seen;
    this.updates = updates;
  }

  /** A trip that changes nothing. */
  public static Pass evaluate(Map<String, Var> params) {
    return new Pass(Mode.EVALUATE, params, "", null, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /**
   * A trip of training.
   *
   * @param key what the trip's randomness is drawn from, [4]: see {@link dev.bagel.autodiff.Fn#key}
   */
  public static Pass train(Map<String, Var> params, Var key) {
    return new Pass(Mode.TRAIN, params, "", key, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** Numbers as variables, to make a pass of: constants, leaves or whatever {@code as} says. */
  public static Map<String, Var> vars(Params params, Function<Tensor, Var> as) {
    Map<String, Var> vars = new LinkedHashMap<>();
    params.all().forEach((name, t) -> vars.put(name, as.apply(t)));
    return vars;
  }

  public Mode mode() {
    return mode;
  }

  /**
   * Where in the network this pass is, such as {@code 3.left.}; it also tells apart random draws.
   */
  public String path() {
    return path;
  }

  /** What randomness is drawn from; there is none in evaluation. */
  public Var key() {
    if (key == null) {
      throw new IllegalStateException("nothing is random in evaluation");
    }
    return key;
  }

  /** The pass as a part of the network sees it. */
  public Pass in(String name) {
    return new Pass(mode, params, path + name + ".", key, seen, updates);
  }

  /** The parameter of this part that is called {@code name}. */
  public Var param(String name) {
    Var v = params.get(path + name);
    if (v == null) {
      throw new NoSuchElementException("no parameter " + path + name + " among " + params.keySet());
    }
    return v;
  }

  /** Says what a buffer of this part should become after the training step. */
  public void update(String name, Var value) {
    updates.put(path + name, value);
  }

  /** What buffers should become, by full name. */
  public Map<String, Var> updates() {
    return Collections.unmodifiableMap(updates);
  }

  /** Notes what part {@code name} put out, and returns it. */
  public Var saw(String name, Var y) {
    seen.put(path + name, y);
    return y;
  }

  /** What the part of this full name put out during the trip; differentiable. */
  public Var activation(String name) {
    Var v = seen.get(name);
    if (v == null) {
      throw new NoSuchElementException("no layer " + name + " among " + seen.keySet());
    }
    return v;
  }

  /** Everything that was put out, by full name, in the order of the trip. */
  public Map<String, Var> activations() {
    return Collections.unmodifiableMap(seen);
  }
}
