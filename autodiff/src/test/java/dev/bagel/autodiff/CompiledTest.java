package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class CompiledTest {
  /** A value and its gradient. */
  private static List<Var> body(List<Var> x) {
    Var y = x.get(0).matmul(x.get(1)).tanh().logSoftmax();
    return List.of(y, Grad.of(y.square().sum(), x.get(0)).get(0));
  }

  private static List<Tensor> eager(Tensor... x) {
    return body(List.of(Var.leaf(x[0]), Var.leaf(x[1]))).stream().map(Var::value).toList();
  }

  @Test
  void aFunctionIsTracedOncePerShape(Rng rng) {
    AtomicInteger traces = new AtomicInteger();
    Compiled f =
        new Compiled(
            x -> {
              traces.incrementAndGet();
              return body(x);
            });
    Tensor w = Tensor.gaussian(Shape.of(4, 3), rng.at("w"));
    for (int i = 0; i < 6; i++) {
      Tensor x = Tensor.gaussian(Shape.of(2 + i % 2, 4), rng.at(i));
      assertEquals(eager(x, w), f.call(x, w));
    }
    assertEquals(2, traces.get());
  }

  @Test
  void eightThreadsMayCallAtOnce(Rng rng) throws Exception {
    Compiled f = new Compiled(CompiledTest::body);
    Tensor w = Tensor.gaussian(Shape.of(40, 30), rng.at("w"));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Rng mine = rng.at(i);
        all.add(
            threads.submit(
                () -> {
                  for (int k = 0; k < 30; k++) {
                    Tensor x = Tensor.gaussian(Shape.of(1 + k % 3, 40), mine.at(k));
                    assertEquals(eager(x, w), f.call(x, w));
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void valuesOfACallAreTheCallersToKeep() {
    Compiled f = new Compiled(x -> List.of(x.get(0).mul(2)));
    Tensor first = f.call(Tensor.scalar(1)).get(0);
    f.call(Tensor.scalar(5));
    assertEquals(2, first.item());
  }

  @Test
  void aFunctionThatLooksAtValuesIsToldSo() {
    Compiled f = new Compiled(x -> x.get(0).item() > 0 ? x : List.of());
    assertThrows(IllegalStateException.class, () -> f.call(Tensor.scalar(1)));
  }

  @Test
  void aCallThatFailsDoesNotSpoilTheNext() {
    Custom picky =
        new Custom(
            "picky",
            s -> s.get(0),
            v -> {
              if (v.get(0).item() < 0) {
                throw new IllegalArgumentException("negative");
              }
              return v.get(0);
            },
            (i, g, x, y) -> g);
    Compiled f = new Compiled(x -> List.of(picky.of(x.get(0)).add(1)));
    assertEquals(2, f.call(Tensor.scalar(1)).get(0).item());
    assertThrows(IllegalArgumentException.class, () -> f.call(Tensor.scalar(-1)));
    assertEquals(4, f.call(Tensor.scalar(3)).get(0).item());
  }
}
