package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Pointwise;
import java.util.List;
import java.util.Locale;

/**
 * The table of derivatives of the functions of two arguments. Operands are broadcast; the gradient
 * of a broadcast is a sum, said once, in {@link #vjp}.
 */
@SuppressWarnings("ImmutableEnumChecker") // the rules are lambdas that hold nothing
public enum BinaryOp implements Elementwise {
  ADD(Binary.ADD, (g, a, b, y) -> g, (g, a, b, y) -> g),
  SUB(Binary.SUB, (g, a, b, y) -> g, (g, a, b, y) -> g.neg()),
  MUL(Binary.MUL, (g, a, b, y) -> g.mul(b), (g, a, b, y) -> g.mul(a)),
  DIV(Binary.DIV, (g, a, b, y) -> g.div(b), (g, a, b, y) -> g.mul(y).div(b).neg()),
  MAX(
      Binary.MAX,
      (g, a, b, y) -> a.atLeast(b).where(g, 0),
      (g, a, b, y) -> a.atLeast(b).where(0, g)),
  MIN(
      Binary.MIN,
      (g, a, b, y) -> b.atLeast(a).where(g, 0),
      (g, a, b, y) -> b.atLeast(a).where(0, g)),
  POW(
      Binary.POW,
      (g, a, b, y) -> b.where(g.mul(b).mul(a.pow(b.sub(1))), 0), // a⁰ is flat, at a = 0 too
      (g, a, b, y) ->
          a.step().where(g.mul(y).mul(a.step().where(a, 1).log()), 0)), // 0 where log a is not real
  AT_LEAST(Binary.GREATER_EQUAL, (g, a, b, y) -> null, (g, a, b, y) -> null);

  private interface Rule {
    Var vjp(Var g, Var a, Var b, Var y);
  }

  private final Binary f;
  private final Rule left;
  private final Rule right;

  BinaryOp(Binary f, Rule left, Rule right) {
    this.f = f;
    this.left = left;
    this.right = right;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int emit(Pointwise chain, int... registers) {
    return chain.binary(f, registers[0], registers[1]);
  }

  /** At a tie the first operand of max and min gets the whole gradient: clamp has slope 1 there. */
  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    Var gi = (i == 0 ? left : right).vjp(g, x.get(0), x.get(1), y);
    return gi == null ? null : gi.sumTo(x.get(i).shape());
  }
}
