package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Unary;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class GradTest {
  @Test
  void aConstantHasNoGradient() {
    Var x = Var.leaf(Tensor.scalar(2));
    Var c = Var.constant(3);
    var e = assertThrows(IllegalArgumentException.class, () -> Grad.of(x.mul(c), c));
    assertTrue(e.getMessage().contains("make it a Var.leaf"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Grad.of(x.mul(x), x.detach()));
  }

  @Test
  void anUnrelatedLeafGetsZeros() {
    Var x = Var.leaf(Tensor.scalar(2));
    Var other = Var.leaf(Tensor.full(Shape.of(2, 3), 7));
    assertEquals(Tensor.zeros(Shape.of(2, 3)), Grad.of(x.mul(x), other).get(0).value());
    assertEquals(0, Grad.of(Var.constant(1), x).get(0).item());
    assertEquals(0, Grad.of(x.detach().mul(x.sign()), x).get(0).item());
  }

  @Test
  void aVariableIsItsOwnGradient() {
    Var x = Var.leaf(Tensor.scalar(2));
    assertEquals(1, Grad.of(x, x).get(0).item());
  }

  @Test
  void onlyAScalarHasAGradient() {
    Var x = Var.leaf(Tensor.zeros(Shape.of(2)));
    assertThrows(ShapeException.class, () -> Grad.of(x, x));
    Var one = Var.leaf(Tensor.zeros(Shape.of(1, 1)));
    assertEquals(Shape.of(1, 1), Grad.of(one.exp(), one).get(0).shape());
  }

  @Test
  void aPullbackIsShapedLikeItsVariable(Rng rng) {
    Var x = Var.leaf(Inputs.gaussian(rng, 3, 1));
    Var w = Var.leaf(Inputs.gaussian(rng, 4));
    Var y = x.mul(w);
    List<Var> g = Grad.pullback(y, Var.constant(Tensor.full(Shape.of(3, 4), 1)), x, w, y);
    assertEquals(x.shape(), g.get(0).shape());
    assertEquals(w.shape(), g.get(1).shape());
    assertEquals(y.shape(), g.get(2).shape());
    assertThrows(ShapeException.class, () -> Grad.pullback(y, Var.constant(1), x));
  }

  @Test
  void gradientsOfVariablesOnTheWayIncludeWhatFlowsThroughThem() {
    Var x = Var.leaf(Tensor.scalar(3));
    Var y = x.mul(x);
    Var z = y.mul(y).add(x);
    List<Var> g = Grad.of(z, y, x);
    assertEquals(18, g.get(0).item());
    assertEquals(2 * 9 * 6 + 1, g.get(1).item());
  }

  private static Custom onlyFirst() {
    return new Custom(
        "product",
        s -> s.get(0),
        v -> v.get(0).mul(v.get(1)),
        (i, g, x, y) -> {
          if (i == 1) {
            throw new AssertionError("nobody wants this gradient");
          }
          return g.mul(x.get(1));
        });
  }

  @Test
  void onlyWhatIsAskedForIsComputed() {
    Var x = Var.leaf(Tensor.scalar(2));
    Var w = Var.leaf(Tensor.scalar(5));
    Var y = onlyFirst().of(x, w);
    assertEquals(5, Grad.of(y, x).get(0).item());
    assertThrows(AssertionError.class, () -> Grad.of(y, w));
    assertEquals(3, Grad.of(onlyFirst().of(x, Var.constant(3)), x).get(0).item());
  }

  @Test
  void aCustomRuleMustGiveTheShapeOfItsArgument() {
    Custom wrong = new Custom("wrong", s -> s.get(0), v -> v.get(0), (i, g, x, y) -> g.sum());
    Var x = Var.leaf(Tensor.zeros(Shape.of(3)));
    var e = assertThrows(ShapeException.class, () -> Grad.of(wrong.of(x).sum(), x));
    assertTrue(e.getMessage().contains("wrong"), e.getMessage());
    Custom liar = new Custom("liar", s -> Shape.of(2), v -> v.get(0), (i, g, x2, y) -> null);
    assertThrows(ShapeException.class, () -> liar.of(x));
  }

  @Test
  void straightThroughPassesGradientsOn() {
    Custom round = Custom.straightThrough("round", t -> t.map(Unary.FLOOR));
    Grad.ValueAndGrad at = Grad.at(x -> round.of(x).mul(3), Tensor.scalar(2.7f));
    assertEquals(6, at.value().item());
    assertEquals(3, at.grad().item());
  }

  /** Σ exp(relu(x)) with relu's rule replaced by 3 ȳ: 3 exp(y) where x > 0 and where it is not. */
  @Test
  void anotherRuleIsAnotherWayBackOverTheSameGraph() {
    Var x = Var.leaf(Tensor.of(Shape.of(2), 1, -1));
    Var y = x.relu().exp().sum();
    Grad.Rule rule = (v, i, g) -> v.op() == UnaryOp.RELU ? g.mul(3) : Grad.Rule.EXACT.vjp(v, i, g);
    Tensor back = Grad.pullback(rule, y, Var.constant(1f), x).get(0).value();
    assertEquals(3 * Math.E, back.get(0), 1e-5);
    assertEquals(3, back.get(1), 1e-6);
    assertEquals(Tensor.of(Shape.of(2), (float) Math.E, 0), Grad.of(y, x).get(0).value());
  }

  @Test
  void theHessianOfAQuadraticIsItsMatrix(Rng rng) {
    int n = 6;
    Tensor m = Tensor.uniform(Shape.of(n, n), -4, 4, rng).map(Unary.FLOOR);
    Tensor v = Tensor.uniform(Shape.of(n, 1), -4, 4, rng.at("v")).map(Unary.FLOOR);
    Var x = Var.leaf(Inputs.gaussian(rng.at("x"), n, 1));
    Var y = x.matmul(Var.constant(m).matmul(x), true, false).mul(0.5f).sum();
    Var g = Grad.of(y, x).get(0);
    Var hv = Grad.of(g.mul(Var.constant(v)).sum(), x).get(0);
    Tensor expected = m.add(m.permute(1, 0)).mul(0.5f).matmul(v); // whole numbers and halves: exact
    assertEquals(expected, hv.value());
  }

  @Test
  void derivativesOfAnyOrderAreThere() {
    Var x = Var.leaf(Tensor.scalar(0.5f));
    Var y = x.exp().mul(x.sin());
    for (int order = 0; order < 4; order++) {
      y = Grad.of(y, x).get(0);
    }
    assertEquals(
        -4 * Math.exp(0.5) * Math.sin(0.5), y.item(), 1e-5); // (eˣ sin x)'''' = −4 eˣ sin x
  }

  @Test
  void constantsLeaveNoGraph() {
    Var y = Var.constant(2).mul(Var.constant(3)).exp();
    assertFalse(y.isRecorded());
    assertNull(y.op());
    assertEquals(List.of(), y.args());
    Var c = Var.constant(1);
    assertSame(c, c.detach());
  }

  @Test
  void gradCheckFindsAWrongRule(Rng rng) {
    Custom wrong =
        new Custom(
            "square", s -> s.get(0), v -> v.get(0).mul(v.get(0)), (i, g, x, y) -> g.mul(x.get(0)));
    Tensor x = Inputs.positive(rng, 4);
    assertTrue(worst(v -> wrong.of(v.get(0)), 1, rng, x) > 0.01);
    // right at order 1 and wrong at order 2: the rule's value has no history
    Custom flat =
        new Custom(
            "square",
            s -> s.get(0),
            v -> v.get(0).mul(v.get(0)),
            (i, g, v, y) -> g.mul(v.get(0).mul(2).detach()));
    assertTrue(GradCheck.error(v -> flat.of(v.get(0)), 1, rng, x) < 2e-3);
    assertTrue(worst(v -> flat.of(v.get(0)), 2, rng, x) > 0.01);
  }

  /** Of several directions: along one, an error may be next to nothing by chance. */
  private static double worst(GradCheck.Function f, int order, Rng rng, Tensor x) {
    return IntStream.range(0, 10)
        .mapToDouble(k -> GradCheck.error(f, order, rng.at(k), x))
        .max()
        .orElseThrow();
  }
}
