package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Large numbers, infinities, NaN, and tensors without elements. */
class NumericsTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  private static Tensor row(float... x) {
    return Tensor.of(Shape.of(1, x.length), x);
  }

  @Test
  void logSoftmaxTakesLargeLogits() {
    Var x = Var.leaf(row(1000, 0, -1000));
    Var y = x.logSoftmax();
    assertEquals(row(0, -1000, -2000), y.value());
    assertEquals(1000, x.logSumExp().item());
    assertEquals(row(1, 0, 0), Grad.of(x.logSumExp().sum(), x).get(0).value());
    assertEquals(-1, Grad.of(y.slice(1, 1, 2).sum(), x).get(0).value().get(0));
  }

  @Test
  void minusInfinityIsAnImpossibleClass() {
    Var x = Var.leaf(row(0, -INF, 0));
    Var y = x.logSoftmax();
    assertEquals(-Math.log(2), y.value().get(0), 1e-6);
    assertEquals(-INF, y.value().get(1));
    assertEquals(Math.log(2), x.logSumExp().item(), 1e-6);
    Tensor g = Grad.of(y.slice(1, 0, 1).sum(), x).get(0).value();
    assertEquals(row(0.5f, 0, -0.5f), g.add(0));
    assertEquals(-INF, Var.constant(row(-INF, -INF)).logSumExp().item());
    assertEquals(INF, Var.constant(row(INF, 0)).logSumExp().item());
  }

  @Test
  void softplusAndSigmoidDoNotOverflow() {
    Tensor x = row(-1000, 1000);
    assertEquals(row(0, 1000), Var.constant(x).softplus().value());
    assertEquals(row(0, 1), Grad.at(v -> v.softplus().sum(), x).grad());
    assertEquals(row(0, 0), Grad.at(v -> v.sigmoid().sum(), x).grad());
    assertEquals(row(0, 0), Grad.at(v -> v.tanh().sum(), x).grad());
  }

  @Test
  void nanComesThrough() {
    Var x = Var.leaf(Tensor.full(Shape.of(2, 3), Float.NaN));
    List<Var> all = new ArrayList<>();
    for (UnaryOp f : UnaryOp.values()) {
      if (f != UnaryOp.STEP) { // a comparison: NaN is not positive
        all.add(Var.of(f, x));
      }
    }
    all.addAll(List.of(x.max(0), x.min(0), x.clamp(0, 1), x.maxAxes(1), x.sum(), x.mean()));
    all.addAll(List.of(x.logSoftmax(), x.logSumExp(), x.matmul(x, false, true)));
    all.add(Var.constant(0).max(x));
    all.add(x.reshape(1, 1, 2, 3).maxPool(window(1, 2, 3)));
    for (Var y : all) {
      for (float v : y.value().array()) {
        assertTrue(Float.isNaN(v), y + " = " + v);
      }
    }
  }

  private static Window window(int n, int h, int w) {
    return Window.of(Shape.of(n, 1, h, w), 2, 2, 1, 1, new int[4], false, false);
  }

  /** Calls, differentiates and plans a function of an empty tensor; a refusal names shapes. */
  private static void worksOrRefuses(UnaryOperator<Var> f, int... dims) {
    Tensor x = Tensor.zeros(Shape.of(dims));
    try {
      Var leaf = Var.leaf(x);
      Var y = f.apply(leaf);
      Var g = Grad.of(y.sum(), leaf).get(0);
      assertEquals(x.shape(), g.shape());
      Cell cell = Cell.of("x", x);
      Var z = f.apply(cell.var());
      Plan plan = Plan.of(z, Grad.of(z.sum(), cell.var()).get(0));
      plan.run();
      EagerAndPlanned.same(y.value(), plan.value(0), "empty");
      EagerAndPlanned.same(g.value(), plan.value(1), "gradient of empty");
    } catch (ShapeException e) {
      assertTrue(e.getMessage().contains("["), e.getMessage());
    }
  }

  @Test
  void anEmptyBatchWorksOrIsRefusedWithItsShape() {
    Var w = Var.leaf(Tensor.full(Shape.of(4, 3), 1));
    worksOrRefuses(v -> v.exp().add(1), 0, 4);
    worksOrRefuses(v -> v.sumAxes(0), 0, 4);
    worksOrRefuses(v -> v.sumAxes(1), 0, 4);
    worksOrRefuses(v -> v.meanAxes(0), 0, 4);
    worksOrRefuses(v -> v.maxAxes(0), 0, 4);
    worksOrRefuses(v -> v.maxAxes(1), 3, 0);
    worksOrRefuses(Var::sum, 0, 4);
    worksOrRefuses(Var::mean, 0, 4);
    worksOrRefuses(Var::sumEach, 0, 4);
    worksOrRefuses(v -> v.matmul(w), 0, 4);
    worksOrRefuses(v -> v.matmul(w), 2, 0, 4);
    worksOrRefuses(v -> v.matmul(v, true, false), 0, 4);
    worksOrRefuses(v -> v.matmul(v, false, true), 5, 2, 0);
    worksOrRefuses(v -> v.flatten().matmul(w), 0, 2, 2);
    worksOrRefuses(Var::logSoftmax, 0, 4);
    worksOrRefuses(Var::logSoftmax, 4, 0);
    worksOrRefuses(Var::logSumExp, 0, 4);
    worksOrRefuses(Var::transpose, 0, 4);
    worksOrRefuses(v -> v.slice(0, 0, 0), 3, 2);
    worksOrRefuses(v -> v.slice(0, 3, 3).slice(1, 2, 2), 3, 2);
    worksOrRefuses(v -> v.pad(new int[] {1, 0}, new int[] {1, 0}), 0, 2);
    worksOrRefuses(v -> Var.concat(0, v, v), 0, 2);
    worksOrRefuses(v -> v.oneHot(3), 0);
    worksOrRefuses(v -> v.pick(Var.constant(Tensor.zeros(Shape.of(0)))), 0, 4);
  }

  @Test
  void anEmptyBatchOfImagesWorksOrIsRefusedWithItsShape() {
    Var filters = Var.leaf(Tensor.full(Shape.of(2, 1, 2, 2), 1));
    worksOrRefuses(v -> v.conv(filters, ConvOptions.of(1, 0)), 0, 1, 4, 4);
    worksOrRefuses(v -> v.maxPool(window(0, 4, 4)), 0, 1, 4, 4);
    worksOrRefuses(v -> v.meanPool(window(0, 4, 4)), 0, 1, 4, 4);
    worksOrRefuses(Fn::globalMeanPool, 0, 3, 4, 4);
    worksOrRefuses(v -> Fn.resize(v, 2, 2, Fn.Resize.BILINEAR), 0, 3, 4, 4);
    worksOrRefuses(v -> Fn.l1Threshold(v, v.sumAxes(1)), 0, 4);
    worksOrRefuses(
        v ->
            Fn.gridSample(
                v, Var.constant(Tensor.zeros(Shape.of(0, 2, 2, 2))), Fn.Outside.BORDER, true),
        0,
        3,
        4,
        4);
  }

  @Test
  void aProductOverAnEmptyAxisIsZero() {
    Var a = Var.leaf(Tensor.zeros(Shape.of(5, 2, 0)));
    Var b = Var.leaf(Tensor.zeros(Shape.of(0, 3)));
    assertEquals(Tensor.zeros(Shape.of(5, 2, 3)), a.matmul(b).value());
    assertEquals(Tensor.zeros(Shape.of(5, 2, 2)), a.matmul(a, false, true).value());
  }

  @Test
  void anEmptyBatchKeepsItsFeatures() {
    assertEquals(Shape.of(0, 12), Var.leaf(Tensor.zeros(Shape.of(0, 3, 4))).flatten().shape());
  }

  @Test
  void whatDoesNotFitIsRefusedWithShapes() {
    Var x = Var.leaf(Tensor.zeros(Shape.of(2, 3)));
    List<Runnable> mistakes =
        List.of(
            () -> x.add(Var.constant(Tensor.zeros(Shape.of(2)))),
            () -> x.matmul(x),
            () -> x.reshape(7),
            () -> x.permute(0, 0),
            () -> x.permute(0),
            () -> x.permute(0, 2),
            () -> x.sum().transpose(),
            () -> x.slice(1, 2, 4),
            () -> x.slice(new int[] {0, 9}, new int[] {1, 1}, Shape.of(2, 1)),
            () -> x.slice(new int[] {0, 0}, new int[] {1}, Shape.of(2, 1)),
            () -> x.slice(new int[] {0, 0}, new int[] {1, 0}, Shape.of(2, 2)),
            () -> x.pad(new int[1], new int[2]),
            () -> x.sumTo(Shape.of(2)),
            () -> x.broadcastTo(Shape.of(3, 3)),
            () -> Var.concat(0, x, x.transpose()),
            () -> x.gather(x),
            () -> x.scatter(x, 3),
            () -> x.conv(x, ConvOptions.of(1, 0)),
            () -> Fn.l1Threshold(x, x),
            () -> x.sum().logSoftmax(),
            () -> Cell.of("x", Shape.of(2)).set(x.value()),
            () -> Plan.of(List.of(), Map.of(Cell.of("x", Shape.of(2)), x)));
    for (int i = 0; i < mistakes.size(); i++) {
      Runnable mistake = mistakes.get(i);
      assertThrows(ShapeException.class, mistake::run, "mistake " + i);
    }
  }

  @Test
  void axesCountFromBothEnds() {
    Var x = Var.leaf(Tensor.of(Shape.of(2, 2), 1, 2, 3, 4));
    assertEquals(x.transpose().value(), x.permute(-1, 0).value());
    assertEquals(x.sumAxes(1).value(), x.sumAxes(-1).value());
    assertEquals(x.slice(1, 0, 1).value(), x.slice(-1, 0, 1).value());
  }

  @Test
  void labelsOutsideAreZeros() {
    Tensor labels = Tensor.of(Shape.of(5), -0.5f, 0, 2.9f, 3, Float.NaN);
    Tensor y = Var.constant(labels).oneHot(3).value();
    assertEquals(Tensor.of(Shape.of(5, 3), 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), y);
  }
}
