package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Asks whether a function gives the same bits when it is called and when it is planned. */
final class EagerAndPlanned {
  private EagerAndPlanned() {}

  /**
   * Plans {@code f} once and runs the plan on each of {@code inputs}, which have equal shapes. The
   * plan's memory holds NaN before each run.
   */
  static void sameBits(Function<List<Var>, List<Var>> f, List<List<Tensor>> inputs) {
    List<Cell> cells = new ArrayList<>();
    for (Tensor t : inputs.get(0)) {
      cells.add(Cell.of("x" + cells.size(), t.shape()));
    }
    List<Var> symbols = f.apply(cells.stream().map(Cell::var).toList());
    Plan plan = Plan.of(symbols, Map.of(), new Cores(new PoisoningKernels(Kernels.best())));
    for (List<Tensor> x : inputs) {
      for (int i = 0; i < x.size(); i++) {
        cells.get(i).set(x.get(i));
      }
      poison(plan);
      plan.run();
      List<Var> expected = f.apply(x.stream().map(Var::leaf).toList());
      for (int i = 0; i < expected.size(); i++) {
        same(expected.get(i).value(), plan.value(i), "output " + i + " of\n" + plan);
      }
    }
  }

  /** The same shape and the same bits. */
  static void same(Tensor expected, Tensor got, String what) {
    assertEquals(expected.shape(), got.shape(), what);
    for (int i = 0; i < expected.size(); i++) {
      if (Float.floatToRawIntBits(expected.get(i)) != Float.floatToRawIntBits(got.get(i))) {
        assertEquals(expected.get(i), got.get(i), "element " + i + " of " + what);
      }
    }
  }

  /** Fills the memory of intermediate values with NaN. */
  static void poison(Plan plan) {
    Arrays.fill(((Cores.Bound) plan.loaded()).arena, Float.NaN);
  }
}
