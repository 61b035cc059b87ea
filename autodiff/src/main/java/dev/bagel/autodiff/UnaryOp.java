package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Unary;
import java.util.List;
import java.util.Locale;

/**
 * The table of derivatives of the functions of one argument. Each line is the whole truth about a
 * function: its value, and its vector–Jacobian product, where g is ȳ, the gradient that arrives.
 * Piecewise constant functions are flat: no gradient flows.
 */
@SuppressWarnings("ImmutableEnumChecker") // the rules are lambdas that hold nothing
public enum UnaryOp implements Elementwise {
  COPY(Unary.IDENTITY, (g, x, y) -> g),
  NEG(Unary.NEG, (g, x, y) -> g.neg()),
  ABS(Unary.ABS, (g, x, y) -> g.mul(x.sign())), // 0 at the kink
  SIGN(Unary.SIGN, (g, x, y) -> null),
  STEP(Unary.STEP, (g, x, y) -> null),
  FLOOR(Unary.FLOOR, (g, x, y) -> null),
  RELU(Unary.RELU, (g, x, y) -> g.mul(y.step())), // 0 at the kink; y > 0 where x > 0: x is not kept
  EXP(Unary.EXP, (g, x, y) -> g.mul(y)),
  EXPM1(Unary.EXPM1, (g, x, y) -> g.mul(y.add(1))),
  LOG(Unary.LOG, (g, x, y) -> g.div(x)),
  LOG1P(Unary.LOG1P, (g, x, y) -> g.div(x.add(1))),
  SQRT(Unary.SQRT, (g, x, y) -> g.div(y.mul(2))),
  SIN(Unary.SIN, (g, x, y) -> g.mul(x.cos())),
  COS(Unary.COS, (g, x, y) -> g.mul(x.sin()).neg()),
  TANH(Unary.TANH, (g, x, y) -> g.sub(g.mul(y.square()))),
  SIGMOID(Unary.SIGMOID, (g, x, y) -> g.mul(y.sub(y.square()))),
  SOFTPLUS(Unary.SOFTPLUS, (g, x, y) -> g.mul(x.sigmoid())),
  ERF(Unary.ERF, (g, x, y) -> g.mul(x.square().neg().exp()).mul((float) (2 / Math.sqrt(Math.PI))));

  private interface Rule {
    Var vjp(Var g, Var x, Var y);
  }

  private final Unary f;
  private final Rule rule;

  UnaryOp(Unary f, Rule rule) {
    this.f = f;
    this.rule = rule;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int emit(Pointwise chain, int... registers) {
    return chain.unary(f, registers[0]);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return rule.vjp(g, x.get(0), y);
  }
}
