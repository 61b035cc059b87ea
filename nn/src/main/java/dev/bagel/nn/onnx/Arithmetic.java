package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Operators on elements that stand at the same place: sums, products, comparisons, truth values.
 * Each is said twice, for variables and for whole numbers that are known now.
 */
final class Arithmetic {
  private Arithmetic() {}

  static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          Map.entry("Add", binary(Var::add, Long::sum)),
          Map.entry("Sub", binary(Var::sub, (a, b) -> a - b)),
          Map.entry("Mul", binary(Var::mul, (a, b) -> a * b)),
          Map.entry("Div", Arithmetic::divide),
          Map.entry("Mod", Arithmetic::modulo),
          Map.entry("Pow", Arithmetic::power),
          Map.entry("Max", folded(Var::max, Math::max)),
          Map.entry("Min", folded(Var::min, Math::min)),
          Map.entry("Sum", folded(Var::add, Long::sum)),
          Map.entry("Mean", Arithmetic::mean),
          Map.entry("Neg", unary(Var::neg, v -> -v)),
          Map.entry("Abs", unary(Var::abs, Math::abs)),
          Map.entry("Sign", unary(Var::sign, Long::signum)),
          Map.entry("Equal", comparison(Arithmetic::equal, (a, b) -> a == b ? 1 : 0)),
          Map.entry("Greater", comparison(Arithmetic::greater, (a, b) -> a > b ? 1 : 0)),
          Map.entry("Less", comparison((a, b) -> greater(b, a), (a, b) -> a < b ? 1 : 0)),
          Map.entry("GreaterOrEqual", comparison(Var::atLeast, (a, b) -> a >= b ? 1 : 0)),
          Map.entry("LessOrEqual", comparison((a, b) -> b.atLeast(a), (a, b) -> a <= b ? 1 : 0)),
          Map.entry("And", comparison(Var::mul, (a, b) -> a & b)),
          Map.entry("Or", comparison(Var::max, (a, b) -> a | b)),
          Map.entry("Xor", comparison((a, b) -> a.sub(b).abs(), (a, b) -> a ^ b)),
          Map.entry("Not", unary(v -> v.neg().add(1), v -> 1 - v)),
          Map.entry("Where", Arithmetic::where),
          Map.entry("Cast", c -> List.of(cast(c.value(0), target(c)))),
          Map.entry("CastLike", c -> List.of(cast(c.value(0), c.value(1).element()))));

  // ---- one, two or more operands --------------------------------------------------------------

  private static Operator unary(UnaryOperator<Var> f, LongUnaryOperator whole) {
    return c ->
        c.value(0) instanceof Numbers n
            ? List.of(n.map(n.element(), whole))
            : c.like(f.apply(c.var(0)));
  }

  private static Operator binary(BinaryOperator<Var> f, LongBinaryOperator whole) {
    return c -> List.of(apply(c, c.value(0).element(), f, whole));
  }

  private static Operator comparison(BinaryOperator<Var> f, LongBinaryOperator whole) {
    return c -> List.of(apply(c, Element.BOOL, f, whole));
  }

  private static Value apply(Call c, Element to, BinaryOperator<Var> f, LongBinaryOperator whole) {
    Value a = c.value(0);
    Value b = aligned(c, a, c.value(1));
    return both(to, a, b, f, whole);
  }

  private static Value both(
      Element to, Value a, Value b, BinaryOperator<Var> f, LongBinaryOperator whole) {
    return a instanceof Numbers m && b instanceof Numbers n
        ? m.zip(to, n, whole)
        : Value.of(to, f.apply(a.var(), b.var()));
  }

  private static Operator folded(BinaryOperator<Var> f, LongBinaryOperator whole) {
    return c -> {
      Value y = c.value(0);
      for (int i = 1; i < c.count(); i++) {
        y = both(y.element(), y, c.value(i), f, whole);
      }
      return List.of(y);
    };
  }

  private static List<Value> mean(Call c) {
    Value sum = OPERATORS.get("Sum").apply(c).get(0);
    return c.like(sum.var().mul(1f / c.count()));
  }

  /** Until version 6, the second operand was said to begin at an axis of the first. */
  private static Value aligned(Call c, Value a, Value b) {
    if (c.opset() > 6 || !c.attributes().has("axis")) {
      return b;
    }
    Shape s = b.shape();
    int at = a.shape().axis(c.attributes().integer("axis", 0));
    int missing = a.shape().rank() - at - s.rank();
    if (missing <= 0) {
      return b;
    }
    Shape to = s.concat(Shape.of(Attributes.repeated(missing, 1)));
    return b.moved(v -> v.reshape(to));
  }

  // ---- with rules of their own ----------------------------------------------------------------

  /** Whole numbers are divided towards zero. */
  private static List<Value> divide(Call c) {
    Element e = c.value(0).element();
    return List.of(
        apply(
            c, e, (a, b) -> e.isReal() ? a.div(b) : truncated(a.div(b)), (a, b) -> a / nonZero(b)));
  }

  /** The remainder has the sign of the divisor; or, with fmod, that of the dividend, as in C. */
  private static List<Value> modulo(Call c) {
    boolean likeC = c.attributes().flag("fmod");
    return List.of(
        apply(
            c,
            c.value(0).element(),
            (a, b) -> a.sub(b.mul(likeC ? truncated(a.div(b)) : a.div(b).floor())),
            (a, b) -> likeC ? a % nonZero(b) : Math.floorMod(a, nonZero(b))));
  }

  private static long nonZero(long b) {
    if (b == 0) {
      throw new ShapeException("division of whole numbers by zero");
    }
    return b;
  }

  /** The exponents that networks use are products and roots, which cost less and lose nothing. */
  private static List<Value> power(Call c) {
    Element e = c.value(0).element();
    Value b = aligned(c, c.value(0), c.value(1));
    if (c.value(0) instanceof Numbers base) {
      Numbers exponent = b instanceof Numbers n ? n : null;
      if (exponent != null) {
        return List.of(base.zip(e, exponent, (x, y) -> (long) Math.pow((double) x, (double) y)));
      }
    }
    Var x = c.var(0);
    if (b.shape().size() == 1 && b.shape().rank() <= x.shape().rank() && !b.var().isRecorded()) {
      float exponent = b.var().value().get(0);
      if (exponent == 1 || exponent == 2 || exponent == 3 || exponent == 0.5f) {
        return c.like(
            exponent == 1
                ? x
                : exponent == 2 ? x.square() : exponent == 3 ? x.square().mul(x) : x.sqrt());
      }
    }
    return c.like(x.pow(b.var()));
  }

  private static Var equal(Var a, Var b) {
    return a.atLeast(b).mul(b.atLeast(a));
  }

  /** Not the opposite of b ≥ a, which holds for no number where one is NaN. */
  private static Var greater(Var a, Var b) {
    return a.sub(b).step();
  }

  private static List<Value> where(Call c) {
    if (c.value(0) instanceof Numbers mask
        && c.value(1) instanceof Numbers a
        && c.value(2) instanceof Numbers b) {
      Element e = a.element();
      Numbers chosen = mask.as(Element.INT64).zip(e, a, (m, v) -> m * v);
      return List.of(
          chosen.zip(e, mask.as(Element.INT64).zip(e, b, (m, v) -> (1 - m) * v), Long::sum));
    }
    return List.of(Value.of(c.value(1).element(), c.var(0).where(c.var(1), c.var(2))));
  }

  // ---- types ----------------------------------------------------------------------------------

  private static Element target(Call c) {
    return Element.of(c.attributes().integer("to", 0)).orElseThrow(() -> c.unknown("to"));
  }

  /** Floats become whole numbers by cutting off what is behind the point; flat. */
  static Value cast(Value v, Element to) {
    if (v instanceof Numbers n && !to.isReal()) {
      return n.as(to);
    }
    Var x = v.var();
    if (to == Element.BOOL && v.element() != Element.BOOL) {
      return Value.of(to, x.abs().step());
    }
    if (to.isReal() || !v.element().isReal()) {
      return Value.of(to, x);
    }
    return Value.of(to, x.isRecorded() ? truncated(x) : x);
  }

  static Var truncated(Var x) {
    return x.sign().mul(x.abs().floor());
  }
}
