package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.autodiff.*;
import dev.bagel.tensor.*;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SliceTest {
  @Test
  void dense() {
    Rng rng = Rng.of(1);
    Tensor w1 = Tensor.gaussian(Shape.of(20, 30), rng.at("w1")).mul(0.2f);
    Tensor w2 = Tensor.gaussian(Shape.of(30, 10), rng.at("w2")).mul(0.2f);
    Tensor x0 = Tensor.uniform(Shape.of(8, 20), 0, 1, rng.at("x"));
    for (int round = 0; round < 2; round++) {
      Tensor[] got = new Tensor[2];
      for (Device d : List.of(Device.CPU, new OpenCl().devices().get(0))) {
        System.out.println(d);
        Cell x = Cell.of("x", x0);
        Cell o = Cell.of("o", x0);
        Cell y = Cell.of("y", Tensor.ofInts(0, 1, 2, 3, 4, 5, 6, 7));
        Var loss = x.var().matmul(Var.constant(w1)).relu().matmul(Var.constant(w2)).logSoftmax().pick(y.var()).sum().neg();
        Var g = Grad.of(loss, x.var()).get(0);
        Var next = x.var().add(g.sign().mul(0.02f)).sub(o.var()).clamp(-0.1f, 0.1f).add(o.var()).clamp(0, 1);
        Plan plan = Plan.of(List.of(loss), Map.of(x, next), d);
        System.out.println(plan);
        long t = System.nanoTime();
        plan.run(10);
        System.out.println((System.nanoTime() - t) / 1e6 + " ms, loss " + plan.item(0));
        got[d == Device.CPU ? 0 : 1] = x.get();
      }
      for (int i = 0; i < got[0].size(); i++) assertEquals(got[0].get(i), got[1].get(i), 1e-5);
    }
  }
}
