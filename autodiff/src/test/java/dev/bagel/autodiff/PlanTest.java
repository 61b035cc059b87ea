package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Unary;
import dev.bagel.tensor.kernel.Window;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class PlanTest {
  private static final int GRAPHS = 400;

  private static Cell cell(String name, float... x) {
    return Cell.of(name, Tensor.of(Shape.of(x.length), x));
  }

  private static Tensor vector(float... x) {
    return Tensor.of(Shape.of(x.length), x);
  }

  /** How many steps of a plan do this. */
  private static long count(String plan, String what) {
    return plan.lines().filter(s -> s.substring(0, s.indexOf("←") + 1).contains(what)).count();
  }

  // ---- planned is eager
  // -----------------------------------------------------------------------------

  /** Some results of a random graph, a scalar made of them, and the gradients of that. */
  private static List<Var> outputs(Rng rng, List<Var> leaves) {
    RandomGraph graph = new RandomGraph(rng, leaves);
    graph.grow(10 + graph.draw(30));
    List<Var> all = new ArrayList<>(graph.some(1 + graph.draw(4)));
    Var s = Var.constant(0);
    for (Var y : all) {
      s = s.add(y.tanh().sum());
    }
    List<Var> g = Grad.of(s, leaves.toArray(Var[]::new));
    all.add(s);
    all.addAll(g);
    if (graph.draw(3) == 0) { // and gradients of a norm of the gradients
      Var norm = g.stream().map(x -> x.tanh().square().sum()).reduce(Var::add).orElseThrow();
      all.addAll(Grad.of(norm, leaves.toArray(Var[]::new)));
    }
    return all;
  }

  @Test
  void randomGraphsGiveTheSameBitsEagerlyAndPlanned(Rng rng) {
    for (int i = 0; i < GRAPHS; i++) {
      Rng r = rng.at(i);
      List<Tensor> one = RandomGraph.leaves(r.at("leaves"));
      List<Tensor> two = one.stream().map(t -> Tensor.gaussian(t.shape(), r.at(t.size()))).toList();
      EagerAndPlanned.sameBits(x -> outputs(r.at("graph"), x), List.of(one, two, one));
    }
  }

  /** New values for some leaves: a gradient step, another result, the other leaf, or none. */
  private static Map<Integer, Var> drawn(Rng rng, List<Var> leaves, List<Var> known) {
    Map<Integer, Var> news = new LinkedHashMap<>();
    Var s = known.get(known.size() - 1).tanh().sum();
    List<Var> g = Grad.of(s, leaves.toArray(Var[]::new));
    for (int i = 0; i < leaves.size(); i++) {
      Var x = leaves.get(i);
      List<Var> alike = known.stream().filter(v -> v.shape().equals(x.shape())).toList();
      switch (rng.below(100 + i, 5)) {
        case 0 -> news.put(i, x.sub(g.get(i).tanh().mul(0.1f)));
        case 1, 2 -> news.put(i, alike.get(rng.below(200 + i, alike.size())));
        case 3 -> news.put(i, leaves.get(i < 2 ? 1 - i : i)); // swap, or keep
        default -> {} // stays as it is
      }
    }
    return news;
  }

  private record Body(List<Var> outputs, Map<Integer, Var> updates) {
    static Body of(Rng rng, List<Var> leaves) {
      RandomGraph graph = new RandomGraph(rng, leaves);
      List<Var> known = graph.grow(5 + graph.draw(20));
      Map<Integer, Var> news = drawn(rng, leaves, known);
      List<Var> all = new ArrayList<>(graph.some(graph.draw(3)));
      if (graph.draw(3) == 0) {
        all.addAll(news.values());
      }
      return new Body(all, news);
    }
  }

  @Test
  void everyUpdateSeesTheCellsAsTheyWereBefore(Rng rng) {
    for (int i = 0; i < GRAPHS; i++) {
      Rng r = rng.at(i);
      List<Tensor> state = new ArrayList<>(RandomGraph.leaves(r.at("leaves")));
      List<Cell> cells = new ArrayList<>();
      state.forEach(t -> cells.add(Cell.of("c" + cells.size(), t)));
      Body symbolic = Body.of(r.at("graph"), cells.stream().map(Cell::var).toList());
      Map<Cell, Var> news = new LinkedHashMap<>();
      symbolic.updates.forEach((k, v) -> news.put(cells.get(k), v));
      Plan plan = Plan.of(symbolic.outputs, news, new Cores(new PoisoningKernels(Kernels.best())));
      for (int run = 0; run < 3; run++) {
        Body eager = Body.of(r.at("graph"), state.stream().map(Var::leaf).toList());
        EagerAndPlanned.poison(plan);
        plan.run();
        String what = "graph " + i + ", run " + run + " of\n" + plan;
        for (int k = 0; k < eager.outputs.size(); k++) {
          EagerAndPlanned.same(eager.outputs.get(k).value(), plan.value(k), what);
        }
        eager.updates.forEach((k, v) -> state.set(k, v.value()));
        for (int k = 0; k < state.size(); k++) {
          EagerAndPlanned.same(state.get(k), cells.get(k).get(), cells.get(k) + " of " + what);
        }
      }
    }
  }

  // ---- updates
  // --------------------------------------------------------------------------------------

  @Test
  void aLoopClimbsInPlace() {
    Cell x = cell("x", 1, 2, 3);
    Plan plan = Plan.of(List.of(), Map.of(x, x.var().mul(2).add(1)));
    for (int i = 0; i < 3; i++) {
      plan.run();
    }
    assertEquals(vector(15, 23, 31), x.get());
    assertEquals(0, plan.bytes(), "an elementwise update needs no memory of its own");
  }

  @Test
  void aSwapSwaps() {
    Cell a = cell("a", 1, 2);
    Cell b = cell("b", 3, 4);
    Plan plan = Plan.of(List.of(), Map.of(a, b.var(), b, a.var()));
    plan.run();
    assertEquals(vector(3, 4), a.get());
    assertEquals(vector(1, 2), b.get());
  }

  @Test
  void aRotationOfThreeRotates() {
    Cell a = cell("a", 1, 2);
    Cell b = cell("b", 3, 4);
    Cell c = cell("c", 5, 6);
    Plan plan =
        Plan.of(List.of(), Map.of(a, b.var().mul(10), b, c.var().add(a.var()), c, a.var().neg()));
    plan.run();
    assertEquals(vector(30, 40), a.get());
    assertEquals(vector(6, 8), b.get());
    assertEquals(vector(-1, -2), c.get());
  }

  @Test
  void anOutputSeesTheOldCell() {
    Cell x = cell("x", 1, 2);
    Var next = x.var().exp();
    Plan plan = Plan.of(List.of(next.sum(), x.var(), x.var().neg()), Map.of(x, next));
    plan.run();
    assertEquals(vector(1, 2), plan.value(1));
    assertEquals(vector(-1, -2), plan.value(2));
  }

  @Test
  void anOutputIsOfTheLastRunAndNotOfTheCellThatItUpdated() {
    Cell x = cell("x", 1, 2);
    Var next = x.var().mul(2);
    Plan plan = Plan.of(List.of(next), Map.of(x, next));
    plan.run();
    assertEquals(vector(2, 4), x.get());
    x.fill(0);
    assertEquals(vector(2, 4), plan.value(0));
  }

  @Test
  void anUpdateThatReadsItsCellOutOfOrderIsNotDoneInPlace(Rng rng) {
    Tensor square = Tensor.gaussian(Shape.of(60, 60), rng); // more than one block of a chain
    Cell x = Cell.of("x", square);
    Plan.of(List.of(), Map.of(x, x.var().transpose().add(x.var()))).run();
    assertEquals(square.permute(1, 0).add(square), x.get());
    Tensor line = Tensor.gaussian(Shape.of(3000), rng);
    Cell y = Cell.of("y", line);
    Var reversed = y.var().slice(new int[] {2999}, new int[] {-1}, line.shape());
    Plan.of(List.of(), Map.of(y, reversed.neg())).run();
    for (int i = 0; i < 3000; i++) {
      assertEquals(-line.get(2999 - i), y.get().get(i));
    }
  }

  @Test
  void aBroadcastUpdateReadsWhatItOverwrites() {
    Cell x = cell("x", 1, 2, 3);
    Var first = x.var().slice(0, 0, 1);
    Plan plan = Plan.of(List.of(), Map.of(x, x.var().sub(first).add(x.var().mul(first))));
    plan.run();
    assertEquals(vector(1, 3, 5), x.get());
  }

  @Test
  void oneValueMayUpdateTwoCells() {
    Cell a = cell("a", 1, 2);
    Cell b = cell("b", 3, 4);
    Var sum = a.var().add(b.var());
    Plan plan = Plan.of(List.of(), Map.of(a, sum, b, sum));
    plan.run();
    assertEquals(vector(4, 6), a.get());
    assertEquals(vector(4, 6), b.get());
  }

  @Test
  void momentumSeesOldValues() {
    Cell x = cell("x", 1, -2);
    Cell m = cell("m", 0, 0);
    Var g = Grad.of(x.var().square().sum(), x.var()).get(0);
    Var velocity = m.var().mul(0.5f).add(g);
    Plan plan = Plan.of(List.of(), Map.of(m, velocity, x, x.var().sub(velocity.mul(0.25f))));
    float[] px = {1, -2};
    float[] pm = {0, 0};
    for (int t = 0; t < 4; t++) {
      plan.run();
      for (int i = 0; i < 2; i++) {
        pm[i] = 0.5f * pm[i] + 2 * px[i];
        px[i] = px[i] - 0.25f * pm[i];
      }
    }
    assertEquals(vector(px), x.get()); // numbers with few binary digits: exact
    assertEquals(vector(pm), m.get());
    assertEquals(0, plan.bytes(), "\n" + plan);
  }

  @Test
  void adamSeesOldValues(Rng rng) {
    Tensor start = Tensor.gaussian(Shape.of(50), rng);
    Cell x = Cell.of("x", start);
    Cell m = Cell.of("m", start.shape());
    Cell v = Cell.of("v", start.shape());
    Cell t = Cell.of("t", Tensor.scalar(0));
    Var g = Grad.of(x.var().cos().sum(), x.var()).get(0);
    Var nextM = m.var().mul(0.9f).add(g.mul(0.1f));
    Var nextV = v.var().mul(0.99f).add(g.square().mul(0.01f));
    Var nextT = t.var().add(1);
    Var mHat = nextM.div(Var.constant(0.9f).pow(nextT).neg().add(1));
    Var vHat = nextV.div(Var.constant(0.99f).pow(nextT).neg().add(1));
    Var nextX = x.var().sub(mHat.div(vHat.sqrt().add(1e-3f)).mul(0.1f));
    Plan plan = Plan.of(List.of(), Map.of(x, nextX, m, nextM, v, nextV, t, nextT));
    double[][] p = new double[50][3];
    for (int step = 1; step <= 20; step++) {
      plan.run();
      for (int i = 0; i < 50; i++) {
        double[] s = p[i];
        double at = step == 1 ? start.get(i) : s[0];
        double slope = -Math.sin(at);
        s[1] = 0.9 * s[1] + 0.1 * slope;
        s[2] = 0.99 * s[2] + 0.01 * slope * slope;
        double mh = s[1] / (1 - Math.pow(0.9, step));
        double vh = s[2] / (1 - Math.pow(0.99, step));
        s[0] = at - 0.1 * mh / (Math.sqrt(vh) + 1e-3);
      }
    }
    assertEquals(20, t.get().item());
    for (int i = 0; i < 50; i++) {
      assertEquals(p[i][0], x.get().get(i), 1e-3); // 20 steps in float; a wrong order errs by 0.1
    }
  }

  // ---- what a plan leaves out
  // -------------------------------------------------------------------------

  /** A small convolutional net's mean cross-entropy. */
  private static Var loss(Var x, Var w1, Var b1, Var w2, Var dense, Var labels) {
    Var h = x.conv(w1, ConvOptions.of(1, 1)).add(b1).relu();
    int[] no = new int[4];
    h = h.maxPool(Window.of(h.shape(), 2, 2, 2, 2, no, false, false));
    h = h.conv(w2, ConvOptions.of(1, 1)).relu();
    h = h.meanPool(Window.of(h.shape(), 2, 2, 2, 2, no, false, false));
    return h.flatten().matmul(dense).logSoftmax().pick(labels).mean().neg();
  }

  private static final class Net {
    final Cell x;
    final Cell w1;
    final Cell b1;
    final Cell w2;
    final Cell dense;
    final Cell labels;
    final Var loss;

    Net(Rng rng) {
      x = Cell.of("x", Tensor.gaussian(Shape.of(8, 3, 12, 12), rng.at("x")));
      w1 = Cell.of("w1", Tensor.gaussian(Shape.of(8, 3, 3, 3), rng.at("w1")).mul(0.2f));
      b1 = Cell.of("b1", Shape.of(8, 1, 1));
      w2 = Cell.of("w2", Tensor.gaussian(Shape.of(8, 8, 3, 3), rng.at("w2")).mul(0.1f));
      dense = Cell.of("dense", Tensor.gaussian(Shape.of(72, 10), rng.at("dense")).mul(0.1f));
      labels = Cell.of("labels", Tensor.ofInts(0, 1, 2, 3, 4, 5, 6, 7));
      loss = loss(x.var(), w1.var(), b1.var(), w2.var(), dense.var(), labels.var());
    }

    /** Gradient descent with momentum. */
    Plan training() {
      List<Cell> weights = List.of(w1, b1, w2, dense);
      List<Var> g = Grad.of(loss, weights.stream().map(Cell::var).toArray(Var[]::new));
      Map<Cell, Var> news = new LinkedHashMap<>();
      for (int i = 0; i < weights.size(); i++) {
        Cell w = weights.get(i);
        Cell m = Cell.of("m" + i, w.shape());
        Var next = m.var().mul(0.9f).add(g.get(i));
        news.put(m, next);
        news.put(w, w.var().sub(next.mul(0.1f)));
      }
      return Plan.of(List.of(loss), news);
    }
  }

  @Test
  void trainingLowersTheLoss(Rng rng) {
    Plan plan = new Net(rng).training();
    plan.run();
    float before = plan.item(0);
    for (int i = 0; i < 60; i++) {
      plan.run();
    }
    assertTrue(plan.item(0) < before / 4, before + " → " + plan.item(0));
  }

  @Test
  void runningDoesNotAllocate(Rng rng) {
    int before = Parallel.threads();
    Parallel.threads(1);
    try {
      Net net = new Net(rng);
      Var g = Grad.of(net.loss, net.x.var()).get(0);
      Var next = net.x.var().add(g.sign().mul(0.01f)).clamp(-3, 3);
      for (Plan plan : List.of(net.training(), Plan.of(List.of(net.loss), Map.of(net.x, next)))) {
        long perRun = allocatedPerRun(plan);
        // vectors live in registers only once the compiler has seen the loops often enough
        for (int i = 0; i < 100 && perRun >= 2048; i++) {
          perRun = allocatedPerRun(plan);
        }
        assertTrue(perRun < 2048, perRun + " bytes in every run of\n" + plan);
      }
    } finally {
      Parallel.threads(before);
    }
  }

  private static long allocatedPerRun(Plan plan) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long from = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < 100; i++) {
      plan.run();
    }
    return (threads.getThreadAllocatedBytes(id) - from) / 100;
  }

  @Test
  void memoryIsSharedByWhatDoesNotLiveAtTheSameTime(Rng rng) {
    Net net = new Net(rng);
    Var g = Grad.of(net.loss, net.x.var()).get(0);
    long sum = 0;
    for (Var v : Var.history(List.of(g))) {
      sum += v.op() == null ? 0 : 4L * v.size();
    }
    Plan plan = Plan.of(g);
    assertTrue(plan.bytes() * 3 < sum, plan.bytes() + " bytes for values of " + sum);
  }

  @Test
  void whatNoOutputNeedsIsNotComputed(Rng rng) {
    Net net = new Net(rng);
    List<Var> g = Grad.of(net.loss, net.x.var(), net.w1.var());
    assertFalse(Plan.of(g.get(0)).toString().contains("convFilter"));
    assertTrue(Plan.of(g.get(1)).toString().contains("convFilter"));
  }

  @Test
  void equalThingsAreComputedOnce() {
    Cell x = cell("x", 1, 2, 3);
    Var y = x.var().exp().sum().add(x.var().exp().sum());
    String plan = Plan.of(y, x.var().exp().mul(2)).toString();
    assertEquals(1, count(plan, "exp"), plan);
    assertEquals(1, count(plan, "sumTo"), plan);
    Var a = x.var().mul(3);
    Var b = x.var().mul(3); // two constants of one value
    assertEquals(1, count(Plan.of(a.sin(), b.sin().sum()).toString(), "mul"));
  }

  @Test
  void chainsAreOneStep() {
    Cell x = cell("x", 1, 2, 3);
    String plan = Plan.of(x.var().exp().add(1).relu().mul(x.var())).toString();
    assertTrue(plan.contains("exp · add · relu · mul"), plan);
    Var reshaped = x.var().exp().reshape(3, 1).reshape(3).log(); // back and forth is nothing
    assertTrue(Plan.of(reshaped).toString().contains("exp · log"), Plan.of(reshaped).toString());
  }

  @Test
  void whatDependsOnNoCellIsAConstant() {
    Cell x = cell("x", 1, 2, 3);
    Var w = Var.leaf(Tensor.scalar(2)).exp().mul(3);
    Plan plan = Plan.of(x.var().mul(w));
    plan.run();
    assertFalse(plan.toString().contains("exp"), plan.toString());
    assertEquals(x.get().mul(w.item()), plan.value(0));
    Plan only = Plan.of(w, Var.constant(7));
    only.run();
    assertEquals(w.value(), only.value(0));
    assertEquals(7, only.item(1));
  }

  @Test
  void aVeryLongChainIsCutAndStillRight() {
    Cell x = cell("x", 0.1f, 0.2f, 0.3f);
    EagerAndPlanned.sameBits(
        v -> {
          Var y = v.get(0);
          for (int i = 0; i < 300; i++) {
            y = i % 3 == 0 ? y.sin() : i % 3 == 1 ? y.add(v.get(0)) : y.mul(0.9f);
          }
          return List.of(y, Grad.of(y.sum(), v.get(0)).get(0));
        },
        List.of(List.of(x.get())));
  }

  @Test
  void longVectorsCrossBlocksAndGrains(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(3, 20_001), rng);
    EagerAndPlanned.sameBits(
        v -> {
          Var y = v.get(0).sub(v.get(0).meanAxes(1)).exp().mul(v.get(0).slice(0, 1, 2));
          return List.of(y, Grad.of(y.transpose().tanh().sum(), v.get(0)).get(0));
        },
        List.of(List.of(x), List.of(x.mul(2))));
  }

  // ---- as seen from outside
  // -----------------------------------------------------------------------------

  @Test
  void aSymbolicVariableHasNoValueAndSaysWhy() {
    Cell x = cell("x", 1, 2);
    Var y = x.var().exp();
    assertTrue(y.isSymbolic());
    assertTrue(y.detach().isSymbolic());
    var e = assertThrows(IllegalStateException.class, y::value);
    assertTrue(e.getMessage().contains("a plan computes it later"), e.getMessage());
    assertThrows(IllegalStateException.class, () -> y.sum().item());
  }

  @Test
  void outputsCanBeReadInThreeWays() {
    Cell x = cell("x", 1, 2);
    Plan plan = Plan.of(x.var().mul(2), x.var().sum());
    plan.run();
    assertEquals(vector(2, 4), plan.value(0));
    assertEquals(Shape.of(2), plan.shape(0));
    assertEquals(3, plan.item(1));
    float[] into = {9, 9, 9};
    plan.read(0, into);
    assertEquals(vector(2, 4, 9), vector(into));
    assertThrows(ShapeException.class, () -> plan.item(0));
  }

  @Test
  void noiseIsFreshWheneverItsKeyIs(Rng rng) {
    Cell key = Cell.of("key", Fn.key(rng.at(0)));
    Plan plan = Plan.of(Fn.gaussian(key.var(), "p", Shape.of(10)));
    plan.run();
    Tensor first = plan.value(0);
    plan.run();
    assertEquals(first, plan.value(0));
    key.set(Fn.key(rng.at(1)));
    plan.run();
    assertNotEquals(first, plan.value(0));
  }

  @Test
  void straightThroughWorksInAPlan() {
    Custom floor = Custom.straightThrough("floor", t -> t.map(Unary.FLOOR));
    EagerAndPlanned.sameBits(
        v -> {
          Var y = floor.of(v.get(0).mul(3)).square().sum();
          return List.of(y, Grad.of(y, v.get(0)).get(0));
        },
        List.of(List.of(vector(0.5f, 1.4f)), List.of(vector(-0.5f, 2.1f))));
  }

  /** Shapes can be found without memory for what has them, and cannot be computed with. */
  @Test
  void whatIsComputedFromUnknownsHasAShapeAndNothingElse() {
    Var x = Var.unknown(Shape.of(1 << 14, 1 << 14)); // a gigabyte
    Var w = Var.unknown(Shape.of(1 << 14, 3));
    Var y = x.matmul(w).relu().sum();
    assertEquals(Shape.of(), y.shape());
    assertEquals(x.shape(), Grad.of(y, x).get(0).shape());
    assertTrue(y.isSymbolic());
    assertThrows(IllegalStateException.class, y::value);
    assertThrows(IllegalStateException.class, () -> Plan.of(y));
  }
}
