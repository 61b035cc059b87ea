package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** An elementwise function between layers. */
public enum Activation implements Layer {
  RELU(Var::relu),
  /** Slope 0.01 below zero. */
  LEAKY_RELU(x -> Fn.leakyRelu(x, 0.01f)),
  /** Slope 0.2 below zero, as in the discriminators of GANs. */
  LEAKY_RELU_02(x -> Fn.leakyRelu(x, 0.2f)),
  ELU(x -> Fn.elu(x, 1)),
  GELU(Fn::gelu),
  SILU(Fn::silu),
  SOFTPLUS(Var::softplus),
  /**
   * Softplus with β = 10: a relu with a round corner (Xie et al. 2020, "Smooth adversarial
   * training").
   */
  SOFTPLUS_10(x -> Fn.softplus(x, 10)),
  TANH(Var::tanh),
  SIGMOID(Var::sigmoid);

  @SuppressWarnings("ImmutableEnumChecker") // the functions above hold no state
  private final UnaryOperator<Var> f;

  Activation(UnaryOperator<Var> f) {
    this.f = f;
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return f.apply(x);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
