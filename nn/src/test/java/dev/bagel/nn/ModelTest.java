package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ModelTest {
  private static Model model() {
    return Model.init(Zoo.fastFgsm(), Shape.of(1, 28, 28), Rng.of(1));
  }

  @Test
  void aWrongShapeIsNamedBesideTheRightOne() {
    for (Shape wrong : List.of(Shape.of(2, 1, 28, 27), Shape.of(1, 28), Shape.of(3), Shape.of())) {
      String message =
          assertThrows(
                  ShapeException.class, () -> model().logits(Var.constant(Tensor.zeros(wrong))))
              .getMessage();
      assertTrue(message.contains("[1, 28, 28]") && message.contains(wrong.toString()), message);
    }
    assertThrows(ShapeException.class, () -> model().scores(Tensor.zeros(Shape.of(2, 783))));
  }

  @Test
  void flatInputsAreTakenAsTheirImages() {
    Tensor x = Tensor.uniform(Shape.of(3, 1, 28, 28), 0, 1, Rng.of(2));
    assertEquals(model().scores(x), model().scores(x.reshape(3, 784)));
  }

  @Test
  void preprocessingIsDoneBeforeTheFirstLayer() {
    Tensor x = Tensor.uniform(Shape.of(2, 1, 28, 28), 0, 1, Rng.of(2));
    Model scaled = model().with(new Preprocessing(List.of(0.5f), List.of(0.25f)));
    assertEquals(model().scores(x.sub(0.5f).mul(4)), scaled.scores(x));
    Model twoChannels = model().with(new Preprocessing(List.of(0f, 0f), List.of(1f, 1f)));
    assertThrows(ShapeException.class, () -> twoChannels.scores(x));
  }

  @Test
  void preprocessingIsPerChannelAndChecked() {
    Preprocessing p = new Preprocessing(List.of(1f, 2f), List.of(2f, 4f));
    Tensor x = Tensor.of(Shape.of(1, 2, 1, 1), 5, 6);
    assertEquals(Tensor.of(x.shape(), 2, 1), p.apply(Var.constant(x)).value());
    assertThrows(
        ShapeException.class, () -> p.apply(Var.constant(Tensor.zeros(Shape.of(1, 3, 1, 1)))));
    assertThrows(ShapeException.class, () -> p.apply(Var.constant(Tensor.zeros(Shape.of(2)))));
    List<Float> one = List.of(1f);
    assertThrows(IllegalArgumentException.class, () -> new Preprocessing(one, List.of()));
    for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Preprocessing(one, List.of(bad)));
    }
    assertThrows(IllegalArgumentException.class, () -> new Preprocessing(List.of(Float.NaN), one));
  }

  /** Mean and deviation are in the order of the first layer. */
  @Test
  void channelsAreReversedBeforeTheMeanIsTakenAway() {
    Preprocessing p = new Preprocessing(true, List.of(1f, 2f, 3f), List.of(2f, 4f, 1f));
    Tensor x = Tensor.of(Shape.of(1, 3, 1, 2), 7, 70, 6, 60, 5, 50);
    assertEquals(Tensor.of(x.shape(), 2, 24.5f, 1, 14.5f, 4, 67), p.apply(Var.constant(x)).value());
  }

  @Test
  void aModelIsAValueAndItsVariantsHaveTheirOwnPlans() {
    Model m = model();
    Params doubled = m.params().map(t -> t.mul(2));
    Model other = m.with(doubled).with(new Bounds(-1, 1));
    assertEquals(Bounds.UNIT, m.bounds());
    assertEquals(new Bounds(-1, 1), other.bounds());
    assertSame(m.plans(), m.plans());
    assertNotSame(m.plans(), other.plans());
    Tensor x = Tensor.uniform(Shape.of(2, 1, 28, 28), 0, 1, Rng.of(2));
    assertEquals(m.scores(x), other.with(m.params()).scores(x));
    assertTrue(!m.scores(x).equals(other.scores(x)));
    assertEquals(
        "166,406", m.toString().replaceAll(".*, (\\d+[.,]\\d+) weights.*", "$1").replace('.', ','));
  }

  @Test
  void aMissingParameterIsNamed() {
    Model m = Model.of(Zoo.fastFgsm(), Params.NONE, Shape.of(1, 28, 28));
    String message =
        assertThrows(
                NoSuchElementException.class, () -> m.scores(Tensor.zeros(Shape.of(1, 1, 28, 28))))
            .getMessage();
    assertTrue(message.contains("0.weight"), message);
  }

  @Test
  void gradientsReachTheWeightsThroughTheCallersVariables() {
    Model m = Model.init(Layer.dense(2, 2), Shape.of(2), Rng.of(1));
    Map<String, Var> vars = Pass.vars(m.params(), Var::leaf);
    Var x = Var.constant(Tensor.of(Shape.of(1, 2), 3, 4));
    Var y = m.logits(vars, x);
    assertEquals(
        Tensor.of(Shape.of(2, 2), 3, 4, 3, 4), Grad.of(y.sum(), vars.get("weight")).get(0).value());
  }

  @Test
  void boundsCheckAndClip() {
    Tensor x = Tensor.of(Shape.of(3), -0.5f, 0.5f, 1.5f);
    assertEquals(Tensor.of(Shape.of(3), 0, 0.5f, 1), Bounds.UNIT.clip(x));
    assertThrows(IllegalArgumentException.class, () -> Bounds.UNIT.check(x));
    Bounds.UNIT.check(Bounds.UNIT.clip(x));
    Bounds.NONE.check(x);
    assertThrows(IllegalArgumentException.class, () -> Bounds.NONE.check(Tensor.scalar(Float.NaN)));
    assertThrows(IllegalArgumentException.class, () -> new Bounds(1, 1));
  }
}
