package dev.bagel.nn.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParamsTest {
  private static final Layer NET =
      Layer.sequential(Layer.conv(1, 2, 3), Layer.batchNorm(2), Layer.flatten(), Layer.dense(8, 3));

  @Test
  void namesAreInTheOrderOfTheNetwork() {
    Params p = NET.init(Rng.of(1));
    assertEquals(
        List.of("0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"),
        List.copyOf(p.weights().keySet()));
    assertEquals(List.of("1.running_mean", "1.running_var"), List.copyOf(p.buffers().keySet()));
    assertEquals(18 + 2 + 2 + 2 + 24 + 3, p.count());
    assertEquals(8, p.all().size());
  }

  @Test
  void freshNumbersDependOnTheSeedAndThePlaceAlone() {
    assertEquals(NET.init(Rng.of(1)), NET.init(Rng.of(1)));
    Tensor first = NET.init(Rng.of(1)).weights().get("0.weight");
    assertTrue(!first.equals(NET.init(Rng.of(2)).weights().get("0.weight")));
    Layer longer = Layer.sequential(Layer.conv(1, 2, 3), Layer.conv(2, 2, 3));
    assertEquals(first, longer.init(Rng.of(1)).weights().get("0.weight"));
  }

  @Test
  void heWeightsHaveVarianceTwoOverFanIn() {
    Tensor w = Layer.dense(200, 500).init(Rng.of(1)).weights().get("weight");
    assertEquals(2.0 / 200, w.dot(w) / w.size(), 5 * 2.0 / 200 * Math.sqrt(2.0 / w.size()));
    Tensor c = Layer.conv(40, 100, 5).init(Rng.of(1)).weights().get("weight");
    assertEquals(2.0 / 1000, c.dot(c) / c.size(), 5 * 2.0 / 1000 * Math.sqrt(2.0 / c.size()));
  }

  @Test
  void otherInitialisersHaveTheirVariance() {
    Shape s = Shape.of(100_000);
    Tensor g = Init.glorot(30, 20).draw(s, Rng.of(1)); // uniform in ±a: a² / 3
    assertEquals(6.0 / 50 / 3, g.dot(g) / s.size(), 1e-3 * 6.0 / 50 * 3);
    assertTrue(g.abs().maxTo(Shape.of(1)).item() <= Math.sqrt(6.0 / 50));
    Tensor l = Init.lecun(30).draw(s, Rng.of(1));
    assertEquals(1.0 / 30, l.dot(l) / s.size(), 5.0 / 30 * Math.sqrt(2.0 / s.size()));
  }

  @Test
  void arithmeticIsOnWeightsAndLeavesBuffers() {
    Params p = NET.init(Rng.of(1));
    Params q = NET.init(Rng.of(2));
    Params mean = p.zip(q, (a, b) -> a.add(b).mul(0.5f));
    assertEquals(
        p.weights().get("3.weight").add(q.weights().get("3.weight")).mul(0.5f),
        mean.weights().get("3.weight"));
    assertEquals(p.buffers(), mean.buffers());
    assertEquals(p, p.map(t -> t));
    assertEquals(p, p.map(Tensor::neg).map(Tensor::neg));
    assertEquals(p.zip(p, Tensor::sub), p.map(t -> t.mul(0)).map(Tensor::abs));
    assertThrows(
        IllegalArgumentException.class,
        () -> p.zip(Layer.dense(1, 1).init(Rng.of(1)), (a, b) -> a));
  }

  @Test
  void withTakesExactlyItsNames() {
    Params p = NET.init(Rng.of(1));
    Params q = NET.init(Rng.of(2));
    assertEquals(q, p.with(q.all()));
    Map<String, Tensor> few = new HashMap<>(q.all());
    few.remove("1.running_var");
    String missing = assertThrows(IllegalArgumentException.class, () -> p.with(few)).getMessage();
    assertEquals("parameter 1.running_var [2]: missing", missing);
    Map<String, Tensor> wrong = new HashMap<>(q.all());
    wrong.put("3.bias", Tensor.zeros(Shape.of(4)));
    String misshapen =
        assertThrows(IllegalArgumentException.class, () -> p.with(wrong)).getMessage();
    assertEquals("parameter 3.bias [3]: found [4]", misshapen);
  }

  @Test
  void noNameAppearsTwice() {
    Params a = Params.weight("x", Tensor.scalar(1));
    assertThrows(IllegalArgumentException.class, () -> a.and(a));
    assertThrows(IllegalArgumentException.class, () -> a.and(Params.buffer("x", Tensor.scalar(1))));
    assertEquals(List.of("x", "y.x"), List.copyOf(a.and(a.under("y")).weights().keySet()));
    assertEquals(a, a.and(Params.NONE));
  }

  @Test
  void parametersCannotBeChanged() {
    Params p = NET.init(Rng.of(1));
    assertThrows(UnsupportedOperationException.class, () -> p.weights().clear());
    assertThrows(UnsupportedOperationException.class, () -> p.buffers().clear());
  }
}
