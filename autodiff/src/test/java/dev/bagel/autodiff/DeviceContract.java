package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every {@link Device} promises: the numbers of eager evaluation, to rounding, and cells that
 * are updated as if on the cores of this machine. A device passes by extending this class.
 *
 * <p>The bound is 10⁻⁴ of the largest number of a result. Other orders of sums, and functions that
 * are a few units of the last place off, stay an order of magnitude below; a wrong element, a wrong
 * index, a stale buffer are far above.
 */
@ExtendWith(Seeded.class)
public abstract class DeviceContract {
  private static final double TOLERANCE = 1e-4;

  /** The device under test; a test is skipped by an assumption that fails here. */
  protected abstract Device device();

  // ---- what is computed
  // ---------------------------------------------------------------------------

  /** A function, and what to try it on. */
  private record Trial(String name, Function<List<Var>, List<Var>> f, List<Tensor> x) {}

  /** Runs all trials as one plan, and compares what comes out with eager evaluation. */
  private void agree(List<Trial> trials) {
    List<Var> all = new ArrayList<>();
    List<Tensor> expected = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Trial t : trials) {
      List<Var> cells = t.x.stream().map(x -> Cell.of(t.name, x).var()).toList();
      List<Var> leaves = t.x.stream().map(Var::leaf).toList();
      all.addAll(t.f.apply(cells));
      for (Var v : t.f.apply(leaves)) {
        names.add(t.name + ", output " + expected.size());
        expected.add(v.value());
      }
    }
    Plan plan = Plan.of(all, Map.of(), device());
    plan.run();
    for (int i = 0; i < all.size(); i++) {
      agree(names.get(i), expected.get(i), plan.value(i));
    }
  }

  private static void agree(String name, Tensor expected, Tensor got) {
    double error = error(expected, got);
    assertTrue(error <= TOLERANCE, name + " " + expected.shape() + ": error " + error);
  }

  /** The largest difference, relative to the largest number; infinite where one is not finite. */
  private static double error(Tensor expected, Tensor got) {
    assertEquals(expected.shape(), got.shape());
    double scale = 1e-3;
    double error = 0;
    for (int i = 0; i < expected.size(); i++) {
      float e = expected.get(i);
      if (Float.isFinite(e)) {
        scale = Math.max(scale, Math.abs(e));
        error = Float.isFinite(got.get(i)) ? Math.max(error, Math.abs(e - got.get(i))) : 1e9;
      } else if (Float.compare(e, got.get(i)) != 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return error / scale;
  }

  @Test
  void everyOperationAgreesUpToSecondGradients(Rng rng) {
    List<Trial> trials = new ArrayList<>();
    for (OpCase c : OpCase.all()) {
      if (!(c.op() instanceof Custom)) {
        Rng own = rng.at(c.name());
        trials.add(new Trial(c.name(), x -> c.valueAndGradients(x, own), c.draw().apply(own)));
      }
    }
    agree(trials);
  }

  @Test
  void whatADeviceCannotRunItRefuses() {
    Cell x = Cell.of("x", Shape.of(3));
    Var y = Custom.straightThrough("java code", t -> t.mul(2)).of(x.var());
    if (device() != Device.CPU) {
      var e = assertThrows(DeviceException.class, () -> Plan.of(List.of(y), Map.of(), device()));
      assertTrue(e.getMessage().contains("java code"), e.getMessage());
    }
  }

  private static List<Var> withGradients(Var y, Var... x) {
    Var weights = Var.constant(Tensor.gaussian(y.shape(), Rng.of(7)));
    List<Var> all = new ArrayList<>(List.of(y));
    all.addAll(Grad.pullback(y, weights, x));
    return all;
  }

  @Test
  void convolutionsOfAllGeometriesAgree(Rng rng) {
    ConvOptions plain = ConvOptions.of(1, 1);
    Object[][] cases = {
      {new int[] {2, 3, 9, 8}, new int[] {5, 3, 3, 3}, plain},
      {new int[] {2, 3, 9, 8}, new int[] {5, 3, 3, 3}, ConvOptions.of(2, 1)},
      {new int[] {1, 2, 12, 11}, new int[] {3, 2, 5, 4}, ConvOptions.of(3, 2)},
      {new int[] {2, 4, 9, 8}, new int[] {6, 2, 3, 3}, plain.groups(2)},
      {new int[] {2, 6, 9, 8}, new int[] {6, 1, 3, 3}, ConvOptions.of(2, 1).groups(6)},
      {new int[] {2, 3, 12, 12}, new int[] {5, 3, 3, 3}, ConvOptions.of(1, 2).dilation(2)},
      {new int[] {2, 3, 12, 12}, new int[] {5, 3, 3, 3}, ConvOptions.of(2, 2).dilation(3)},
      {new int[] {2, 3, 9, 8}, new int[] {5, 3, 3, 3}, plain.pads(0, 2, 1, 3)},
      {new int[] {3, 16, 10, 10}, new int[] {32, 16, 1, 1}, ConvOptions.of(2, 0)},
      {new int[] {2, 5, 7, 7}, new int[] {3, 5, 7, 7}, ConvOptions.of(1, 0)},
      {new int[] {2, 3, 10, 10}, new int[] {2, 3, 2, 2}, ConvOptions.of(4, 0)},
      {new int[] {5, 17, 16, 16}, new int[] {33, 17, 3, 3}, plain},
      {new int[] {9, 20, 16, 16}, new int[] {70, 20, 3, 3}, plain},
      {new int[] {3, 130, 8, 8}, new int[] {140, 130, 3, 3}, plain},
    };
    List<Trial> trials = new ArrayList<>();
    for (Object[] c : cases) {
      Shape x = Shape.of((int[]) c[0]);
      Shape w = Shape.of((int[]) c[1]);
      ConvOptions o = (ConvOptions) c[2];
      Rng own = rng.at(trials.size());
      List<Tensor> numbers =
          List.of(
              Tensor.gaussian(x, own.at("x")),
              Tensor.gaussian(w, own.at("w")).mul((float) Math.sqrt(1.0 * w.dim(0) / w.size())),
              Tensor.gaussian(Shape.of(w.dim(0), 1, 1), own.at("b")));
      trials.add(
          new Trial(
              "conv " + x + " " + w + " " + o,
              v -> {
                Var y = v.get(0).conv(v.get(1), o).add(v.get(2)).tanh();
                return withGradients(y, v.get(0), v.get(1), v.get(2));
              },
              numbers));
    }
    agree(trials);
  }

  @Test
  void productsOfAllSizesAgree(Rng rng) {
    int[][] sizes = {
      {1, 1, 1},
      {3, 7, 8},
      {17, 9, 65},
      {64, 64, 64},
      {130, 10, 100},
      {100, 257, 33},
      {7, 300, 900},
      {300, 300, 20},
      {0, 3, 2},
      {2, 0, 3},
      {2, 3, 0}
    };
    List<Trial> trials = new ArrayList<>();
    for (int[] s : sizes) {
      for (int t = 0; t < 4; t++) {
        boolean transA = t % 2 == 1;
        boolean transB = t / 2 == 1;
        Shape a = transA ? Shape.of(s[2], s[0]) : Shape.of(s[0], s[2]);
        Shape b = transB ? Shape.of(s[1], s[2]) : Shape.of(s[2], s[1]);
        for (int batch = 0; batch < 3; batch++) { // none, of both, of one
          Shape left = batch > 0 ? Shape.of(3).concat(a) : a;
          Shape right = batch == 1 ? Shape.of(3).concat(b) : b;
          Rng own = rng.at(trials.size());
          trials.add(
              new Trial(
                  "matmul " + left + " " + right + " " + t,
                  v -> List.of(MatMul.product(v.get(0), transA, v.get(1), transB).add(1)),
                  List.of(
                      Tensor.gaussian(left, own.at("a")), Tensor.gaussian(right, own.at("b")))));
        }
      }
    }
    agree(trials);
  }

  @Test
  void poolsOfAllGeometriesAgree(Rng rng) {
    List<Trial> trials = new ArrayList<>();
    for (int k = 1; k <= 3; k++) {
      for (int stride = 1; stride <= 3; stride++) {
        for (int pad = 0; pad < k; pad++) {
          for (int mode = 0; mode < 4; mode++) {
            Shape s = Shape.of(2, 3, 11, 10);
            int[] pads = {pad, 0, Math.max(0, pad - 1), pad};
            Window g = Window.of(s, k, k, stride, stride, pads, mode % 2 == 1, mode / 2 == 1);
            trials.add(
                new Trial(
                    "pool " + g,
                    v -> {
                      List<Var> all =
                          new ArrayList<>(withGradients(v.get(0).maxPool(g).mul(2), v.get(0)));
                      all.addAll(withGradients(v.get(0).meanPool(g), v.get(0)));
                      return all;
                    },
                    List.of(Tensor.gaussian(s, rng.at(trials.size())))));
          }
        }
      }
    }
    agree(trials);
  }

  @Test
  void reductionsOverAnyAxesAgree(Rng rng) {
    List<Trial> trials = new ArrayList<>();
    Shape s = Shape.of(3, 40, 7, 50);
    Tensor x = Tensor.gaussian(s, rng).add(1);
    for (int mask = 0; mask < 16; mask++) {
      int[] axes = Arrays.stream(new int[] {0, 1, 2, 3}).filter(chosen(mask)).toArray();
      trials.add(
          new Trial(
              "reduce " + Arrays.toString(axes),
              v -> List.of(v.get(0).sumAxes(axes).mul(2), v.get(0).maxAxes(axes).mul(2)),
              List.of(x)));
    }
    agree(trials);
  }

  private static java.util.function.IntPredicate chosen(int mask) {
    return axis -> (mask >> axis & 1) == 1;
  }

  @Test
  void chainsOfAllKindsAgree(Rng rng) {
    List<Tensor> x =
        List.of(
            Tensor.gaussian(Shape.of(5, 40, 30), rng.at("x")),
            Tensor.gaussian(Shape.of(40, 1), rng.at("y")),
            Tensor.gaussian(Shape.of(5, 30, 40), rng.at("z")));
    List<Trial> trials = new ArrayList<>();
    trials.add(
        new Trial(
            "broadcast and turned",
            v -> List.of(v.get(0).mul(v.get(1)).add(v.get(2).permute(0, 2, 1)).tanh()),
            x));
    trials.add(
        new Trial(
            "longer than a chain may be",
            v -> {
              Var y = v.get(0);
              for (int i = 0; i < 150; i++) {
                y = i % 3 == 0 ? y.sin() : i % 3 == 1 ? y.add(v.get(0)) : y.mul(0.9f);
              }
              return List.of(y);
            },
            x));
    trials.add(
        new Trial(
            "many values at once",
            v -> {
              List<Var> terms = new ArrayList<>();
              for (int i = 1; i < 30; i++) {
                terms.add(v.get(0).mul(0.1f * i).sin());
              }
              Var product = Var.constant(1);
              for (Var t : terms) {
                product = product.mul(t.add(2).mul(0.5f));
              }
              return List.of(product);
            },
            x));
    trials.add(
        new Trial(
            "read back and forth",
            v -> {
              Var rows =
                  v.get(0).slice(new int[] {4, 0, 29}, new int[] {-1, 3, -2}, Shape.of(5, 13, 15));
              return List.of(rows, rows.exp().sum(), rows.add(1).abs().sqrt().sumAxes(0, 2));
            },
            x));
    agree(trials);
  }

  @Test
  void whatIsNotFiniteShows() {
    Tensor x =
        Tensor.of(
            Shape.of(6),
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0,
            -1,
            Float.MIN_NORMAL);
    agree(
        List.of(
            new Trial(
                "not finite",
                v -> {
                  Var a = v.get(0);
                  Var b = a.slice(new int[] {5}, new int[] {-1}, Shape.of(6));
                  return List.of(
                      a.relu(),
                      a.sign(),
                      a.abs(),
                      a.max(b),
                      b.max(a),
                      a.min(b),
                      b.min(a),
                      a.sum(),
                      a.maxAxes(0),
                      a.step(),
                      a.clamp(-1, 1),
                      a.atLeast(b),
                      a.where(b, 1),
                      a.mul(0),
                      a.exp(),
                      a.div(b),
                      a.floor());
                },
                List.of(x))));
  }

  @Test
  void randomGraphsAgree(Rng rng) {
    int graphs = 80;
    List<Var> all = new ArrayList<>();
    List<Tensor> expected = new ArrayList<>();
    for (int i = 0; i < graphs; i++) {
      Rng r = rng.at(i);
      List<Tensor> leaves = RandomGraph.leaves(r.at("leaves"));
      List<Var> cells = leaves.stream().map(t -> Cell.of("x", t).var()).toList();
      all.add(last(r, cells));
      expected.add(last(r, leaves.stream().map(Var::leaf).toList()).value());
    }
    Plan plan = Plan.of(all, Map.of(), device());
    plan.run();
    int apart = 0;
    StringBuilder which = new StringBuilder();
    for (int i = 0; i < graphs; i++) {
      if (error(expected.get(i), plan.value(i)) > 10 * TOLERANCE) {
        apart++;
        which.append(all.get(i)).append('\n');
      }
    }
    // a difference of two nearly equal numbers has any sign, and graphs are full of steps
    assertTrue(apart <= graphs / 20, apart + " graphs of " + graphs + ":\n" + which);
  }

  private static Var last(Rng rng, List<Var> leaves) {
    List<Var> known = new RandomGraph(rng.at("graph"), leaves).grow(12);
    return known.get(known.size() - 1);
  }

  // ---- cells
  // ----------------------------------------------------------------------------------------

  private static Cell cell(String name, float... x) {
    return Cell.of(name, Tensor.of(Shape.of(x.length), x));
  }

  private Plan plan(List<Var> outputs, Map<Cell, Var> updates) {
    return Plan.of(outputs, updates, device());
  }

  @Test
  void aLoopClimbsInPlace() {
    Cell x = cell("x", 1, 2, 3);
    Plan plan = plan(List.of(x.var().sum()), Map.of(x, x.var().mul(2).add(1)));
    plan.run(3);
    assertEquals(Tensor.of(Shape.of(3), 15, 23, 31), x.get());
    assertEquals(7 + 11 + 15, plan.item(0), "the output of the last time");
    plan.run(0);
    assertEquals(Tensor.of(Shape.of(3), 15, 23, 31), x.get());
    x.fill(1);
    plan.run();
    assertEquals(3, plan.item(0));
    assertEquals(Tensor.of(Shape.of(3), 3, 3, 3), x.get());
  }

  @Test
  void cellsChangePlaces() {
    Cell a = cell("a", 1, 2);
    Cell b = cell("b", 3, 4);
    Cell c = cell("c", 5, 6);
    Map<Cell, Var> updates = new LinkedHashMap<>();
    updates.put(a, b.var());
    updates.put(b, c.var());
    updates.put(c, a.var());
    Plan plan = plan(List.of(a.var()), updates);
    plan.run(4);
    assertEquals(Tensor.of(Shape.of(2), 3, 4), a.get());
    assertEquals(Tensor.of(Shape.of(2), 5, 6), b.get());
    assertEquals(Tensor.of(Shape.of(2), 1, 2), c.get());
    assertEquals(Tensor.of(Shape.of(2), 1, 2), plan.value(0));
  }

  @Test
  void onePlanAfterTheOtherSeesTheSameCells(Rng rng) {
    Cell x = Cell.of("x", Tensor.gaussian(Shape.of(40, 40), rng));
    Tensor first = x.get();
    Plan turn = plan(List.of(), Map.of(x, x.var().transpose().add(x.var())));
    Plan half = plan(List.of(), Map.of(x, x.var().mul(0.5f)));
    turn.run();
    half.run();
    turn.run();
    Tensor y = first.permute(1, 0).add(first).mul(0.5f);
    agree("turned and halved", y.permute(1, 0).add(y), x.get());
  }

  @Test
  void aNetIsTrainedAsItIsHere(Rng rng) {
    Device[] devices = {Device.CPU, device()};
    List<List<Tensor>> found = new ArrayList<>();
    for (Device d : devices) {
      Cell x = Cell.of("x", Tensor.gaussian(Shape.of(6, 3, 12, 12), rng.at("x")));
      Cell labels = Cell.of("labels", Tensor.ofInts(0, 1, 2, 3, 4, 5));
      Cell filters =
          Cell.of("filters", Tensor.gaussian(Shape.of(8, 3, 3, 3), rng.at("w")).mul(0.2f));
      Cell bias = Cell.of("bias", Shape.of(8, 1, 1));
      Cell dense = Cell.of("dense", Tensor.gaussian(Shape.of(288, 10), rng.at("d")).mul(0.1f));
      Var h = x.var().conv(filters.var(), ConvOptions.of(1, 1)).add(bias.var()).relu();
      h = h.maxPool(Window.of(h.shape(), 2, 2, 2, 2, new int[4], false, false));
      Var loss = h.flatten().matmul(dense.var()).logSoftmax().pick(labels.var()).mean().neg();
      Cell[] weights = {filters, bias, dense};
      List<Var> g = Grad.of(loss, Arrays.stream(weights).map(Cell::var).toArray(Var[]::new));
      Map<Cell, Var> updates = new LinkedHashMap<>();
      for (int i = 0; i < weights.length; i++) {
        updates.put(weights[i], weights[i].var().sub(g.get(i).mul(0.1f)));
      }
      Plan plan = Plan.of(List.of(loss), updates, d);
      plan.run(5);
      List<Tensor> all = new ArrayList<>(List.of(plan.value(0)));
      Arrays.stream(weights).forEach(w -> all.add(w.get()));
      found.add(all);
    }
    for (int i = 0; i < found.get(0).size(); i++) {
      agree("cell " + i, found.get(0).get(i), found.get(1).get(i));
    }
  }
}
