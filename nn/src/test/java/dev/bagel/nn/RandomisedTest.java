package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class RandomisedTest {
  private static final Shape X = Shape.of(4, 3);

  /** x · ξ. */
  private static Classifier scaled(Rng rng) {
    return Classifier.random(
        (x, key) -> x.mul(Fn.gaussian(key, "scale", x.shape())), Bounds.NONE, rng);
  }

  @Test
  void everyPassDrawsAnew(Rng rng) {
    Classifier f = scaled(rng);
    Tensor x = Tensor.full(X, 1);
    List<Tensor> seen =
        List.of(
            f.scores(x), f.scores(x), f.logits(Var.constant(x)).value(), f.scores(x.rows(0, 1)));
    for (int a = 0; a < seen.size(); a++) {
      for (int b = 0; b < a; b++) {
        assertNotEquals(seen.get(a).rows(0), seen.get(b).rows(0), a + " and " + b);
      }
    }
  }

  @Test
  void theSameStreamGivesTheSameDraws(Rng rng) {
    Tensor x = Tensor.full(X, 1);
    Classifier a = scaled(rng);
    Classifier b = scaled(rng);
    for (int t = 0; t < 3; t++) {
      assertEquals(a.scores(x), b.scores(x));
    }
  }

  /** ∂(x · ξ)/∂x = ξ, which the value has, too; another pass in the same plan has another one. */
  @Test
  void aGradientIsThatOfItsPass(Rng rng) {
    Classifier f = scaled(rng);
    Cell x = Cell.of("x", X);
    x.set(Tensor.full(X, 1));
    Var first = f.logits(x.var());
    Var second = f.logits(x.var());
    Plan plan = Plan.of(first, Grad.of(first.sum(), x.var()).get(0), second);
    Tensor before = null;
    for (int t = 0; t < 3; t++) {
      plan.run();
      assertEquals(plan.value(0), plan.value(1));
      assertNotEquals(plan.value(0), plan.value(2));
      assertNotEquals(before, plan.value(0));
      before = plan.value(0);
    }
  }

  @Test
  void dropoutMayStayOn(Rng rng) {
    Layer net = Layer.sequential(new Dropout(0.5f), Layer.dense(3, 2));
    Model model = Model.init(net, Shape.of(3), rng);
    Classifier f =
        Classifier.random(
            (x, key) -> model.logits(Pass.train(Pass.vars(model.params(), Var::constant), key), x),
            model.bounds(),
            rng);
    Tensor x = Tensor.uniform(X, 0, 1, rng.at("x"));
    Tensor mean = Tensor.zeros(Shape.of(4, 2));
    for (int t = 0; t < 4000; t++) {
      mean = mean.add(f.scores(x).mul(1 / 4000f));
    }
    Tensor error = mean.sub(model.scores(x));
    assertTrue(error.dot(error) < 0.01, "off by " + error);
  }
}
