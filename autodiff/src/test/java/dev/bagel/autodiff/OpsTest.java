package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Seeded.class)
class OpsTest {
  /** GradCheck's own error is near 1e-5 at order 1; a wrong rule is wrong by 0.1 and more. */
  private static final double TOLERANCE = 2e-3;

  static List<OpCase> rows() {
    return OpCase.all();
  }

  @Test
  void everyMemberOfTheFamilyHasARow() {
    Set<Object> members = OpCase.family();
    Set<Object> tested = rows().stream().map(OpCase::member).collect(Collectors.toSet());
    assertTrue(members.size() > 40, "the family was not found: " + members);
    members.removeAll(tested);
    assertEquals(Set.of(), members, "operations without a row in OpCase");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsOfOrderOneAndTwoAreRight(OpCase c, Rng rng) {
    List<Tensor> x = c.draw().apply(rng);
    Tensor[] smooth = c.smooth().stream().map(x::get).toArray(Tensor[]::new);
    if (smooth.length == 0) {
      return;
    }
    GradCheck.Function f =
        leaves -> {
          List<Var> all = new ArrayList<>(x.stream().map(Var::constant).toList());
          for (int i = 0; i < smooth.length; i++) {
            all.set(c.smooth().get(i), leaves.get(i));
          }
          return c.of(all);
        };
    double error = GradCheck.error(f, 2, rng.at("check"), smooth);
    assertTrue(error < TOLERANCE, c + ": error " + error);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void adjointsOfLinearMapsAreExact(OpCase c, Rng rng) {
    List<Tensor> x = c.draw().apply(rng);
    for (int i : c.linear()) {
      List<Var> leaves = x.stream().map(Var::leaf).toList();
      Var y = c.of(leaves);
      Tensor v = Tensor.gaussian(y.shape(), rng.at("v"));
      Tensor back = Grad.pullback(y, Var.constant(v), leaves.get(i)).get(0).value();
      double left = y.value().dot(v);
      double right = x.get(i).dot(back);
      double size = Math.sqrt(y.value().dot(y.value()) * v.dot(v));
      assertEquals(left, right, 1e-5 * (1 + size), c + " in argument " + i); // a few roundings
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eagerEqualsPlannedUpToSecondGradients(OpCase c, Rng rng) {
    List<Tensor> one = c.draw().apply(rng.at("one"));
    List<Tensor> two = c.draw().apply(rng.at("two"));
    EagerAndPlanned.sameBits(x -> c.valueAndGradients(x, rng), List.of(one, one, two, one));
  }

  // ---- closed forms
  // -------------------------------------------------------------------------------

  private record Formula(DoubleUnaryOperator f, DoubleUnaryOperator slope) {}

  private static Formula formula(UnaryOp f) {
    return switch (f) {
      case COPY -> new Formula(x -> x, x -> 1);
      case NEG -> new Formula(x -> -x, x -> -1);
      case ABS -> new Formula(Math::abs, Math::signum);
      case SIGN -> new Formula(Math::signum, x -> 0);
      case STEP -> new Formula(x -> x > 0 ? 1 : 0, x -> 0);
      case FLOOR -> new Formula(Math::floor, x -> 0);
      case RELU -> new Formula(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0);
      case EXP -> new Formula(Math::exp, Math::exp);
      case EXPM1 -> new Formula(Math::expm1, Math::exp);
      case LOG -> new Formula(Math::log, x -> 1 / x);
      case LOG1P -> new Formula(Math::log1p, x -> 1 / (1 + x));
      case SQRT -> new Formula(Math::sqrt, x -> 0.5 / Math.sqrt(x));
      case SIN -> new Formula(Math::sin, Math::cos);
      case COS -> new Formula(Math::cos, x -> -Math.sin(x));
      case TANH -> new Formula(Math::tanh, x -> 1 / Math.pow(Math.cosh(x), 2));
      case SIGMOID -> new Formula(x -> 1 / (1 + Math.exp(-x)), x -> 1 / (2 + 2 * Math.cosh(x)));
      case SOFTPLUS -> new Formula(x -> Math.log1p(Math.exp(x)), x -> 1 / (1 + Math.exp(-x)));
      case ERF -> new Formula(OpsTest::erf, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x));
    };
  }

  /** Simpson's rule over 2/√π e^(−t²). */
  private static double erf(double x) {
    int n = 2000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double t = x * i / n;
      sum += (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-t * t);
    }
    return 2 / Math.sqrt(Math.PI) * sum * x / n / 3;
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void unaryFunctionsAndSlopesAgreeWithTheirFormulas(UnaryOp f) {
    for (float x : new float[] {-3.5f, -1, -0.25f, 0, 0.25f, 1, 2, 4.5f}) {
      boolean undefined =
          (f == UnaryOp.LOG && x <= 0)
              || (f == UnaryOp.LOG1P && x <= -1)
              || (f == UnaryOp.SQRT && x <= 0);
      if (undefined) {
        continue;
      }
      Formula expected = formula(f);
      Grad.ValueAndGrad got = Grad.at(v -> Var.of(f, v), Tensor.scalar(x));
      near(expected.f().applyAsDouble(x), got.value(), f + " at " + x);
      near(expected.slope().applyAsDouble(x), got.grad(), f + "' at " + x);
    }
  }

  private record Formula2(
      DoubleBinaryOperator f, DoubleBinaryOperator inA, DoubleBinaryOperator inB) {}

  private static Formula2 formula(BinaryOp f) {
    return switch (f) {
      case ADD -> new Formula2((a, b) -> a + b, (a, b) -> 1, (a, b) -> 1);
      case SUB -> new Formula2((a, b) -> a - b, (a, b) -> 1, (a, b) -> -1);
      case MUL -> new Formula2((a, b) -> a * b, (a, b) -> b, (a, b) -> a);
      case DIV -> new Formula2((a, b) -> a / b, (a, b) -> 1 / b, (a, b) -> -a / (b * b));
      case MAX -> new Formula2(Math::max, (a, b) -> a >= b ? 1 : 0, (a, b) -> a >= b ? 0 : 1);
      case MIN -> new Formula2(Math::min, (a, b) -> a <= b ? 1 : 0, (a, b) -> a <= b ? 0 : 1);
      case POW ->
          new Formula2(
              Math::pow,
              (a, b) -> b == 0 ? 0 : b * Math.pow(a, b - 1),
              (a, b) -> a > 0 ? Math.pow(a, b) * Math.log(a) : 0);
      case AT_LEAST -> new Formula2((a, b) -> a >= b ? 1 : 0, (a, b) -> 0, (a, b) -> 0);
    };
  }

  @ParameterizedTest
  @EnumSource(BinaryOp.class)
  void binaryFunctionsAndSlopesAgreeWithTheirFormulas(BinaryOp f) {
    float[] points = {-2, -0.5f, 0, 0.5f, 1, 3};
    for (float a : points) {
      for (float b : points) {
        boolean undefined =
            (f == BinaryOp.DIV && b == 0)
                || (f == BinaryOp.POW
                    && ((a < 0 && b != Math.rint(b)) || (a == 0 && b < 1 && b != 0)));
        if (undefined) {
          continue;
        }
        Formula2 expected = formula(f);
        Var x = Var.leaf(Tensor.scalar(a));
        Var y = Var.leaf(Tensor.scalar(b));
        Var z = Var.of(f, x, y);
        List<Var> g = Grad.of(z, x, y);
        String at = f + " at " + a + ", " + b;
        near(expected.f().applyAsDouble(a, b), z.value(), at);
        near(expected.inA().applyAsDouble(a, b), g.get(0).value(), "∂a " + at);
        near(expected.inB().applyAsDouble(a, b), g.get(1).value(), "∂b " + at);
      }
    }
  }

  private static void near(double expected, Tensor got, String what) {
    assertEquals(expected, got.item(), 1e-6 * (1 + Math.abs(expected)), what); // float's rounding
  }

  @Test
  void kinksAreAsDocumented() {
    Tensor x = Tensor.of(Shape.of(5), -2, -1, 0, 1, 2);
    slopes(Grad.at(v -> v.relu().sum(), x), 0, 0, 0, 1, 1);
    slopes(Grad.at(v -> v.abs().sum(), x), -1, -1, 0, 1, 1);
    slopes(Grad.at(v -> v.clamp(-1, 1).sum(), x), 0, 1, 1, 1, 0);
    slopes(Grad.at(v -> v.max(0).sum(), x), 0, 0, 1, 1, 1);
    slopes(Grad.at(v -> v.min(0).sum(), x), 1, 1, 1, 0, 0);
    slopes(Grad.at(v -> Var.constant(0).max(v).sum(), x), 0, 0, 0, 1, 1);
    slopes(Grad.at(v -> v.abs().maxAxes().sum(), x), -0.5f, 0, 0, 0, 0.5f);
  }

  private static void slopes(Grad.ValueAndGrad at, float... expected) {
    assertEquals(Tensor.of(at.grad().shape(), expected).add(0f), at.grad().add(0f)); // −0 is 0
  }

  @Test
  void whereDoesNotTouchWhatIsNotChosen() {
    Var x = Var.leaf(Tensor.scalar(2));
    Var y = x.step().where(x, x.neg().log());
    assertEquals(2, y.item());
    Var nan = Var.constant(Float.NaN);
    assertEquals(3, Var.constant(0).where(nan, Var.constant(3)).item());
    assertEquals(1, Grad.of(x.step().where(x, nan), x).get(0).item());
  }
}
