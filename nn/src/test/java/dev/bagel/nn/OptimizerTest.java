package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every optimizer against its published recurrence, written out again for one number in double.
 * Gradients are those of f(p) = p²/2 + sin 3p, which is not too kind.
 */
class OptimizerTest {
  private static final int STEPS = 25;
  private static final double START = 1.3;

  /** One number, moved by a recurrence in double. */
  private interface Recurrence {
    double next(double p, double g, int t);
  }

  private static double gradient(double p) {
    return p + 3 * Math.cos(3 * p);
  }

  private static void follows(Optimizer optimizer, Recurrence recurrence) {
    Cell p = Cell.of("p", Tensor.full(Shape.of(3), (float) START));
    Cell rate = Cell.of("rate", Tensor.scalar((float) optimizer.rate()));
    Cell t = Cell.of("t", Shape.of());
    Map<String, Cell> cells = new LinkedHashMap<>();
    Map<String, Var> memory = new LinkedHashMap<>();
    optimizer
        .memory()
        .forEach(
            (name, initial) -> {
              cells.put(name, Cell.of(name, Tensor.full(p.shape(), initial)));
              memory.put(name, cells.get(name).var());
            });
    Var g = p.var().add(p.var().mul(3).cos().mul(3));
    Optimizer.Moved moved = optimizer.move(p.var(), g, memory, rate.var(), t.var());
    Map<Cell, Var> updates = new LinkedHashMap<>();
    updates.put(p, moved.p());
    moved.memory().forEach((name, v) -> updates.put(cells.get(name), v));
    Plan plan = Plan.of(List.of(), updates);
    double expected = START;
    for (int i = 1; i <= STEPS; i++) {
      t.fill(i);
      plan.run();
      expected = recurrence.next(expected, gradient(expected), i);
      assertEquals(expected, p.get().get(1), 2e-4, optimizer + " after step " + i);
    }
  }

  @Test
  void sgdDescendsTheGradient() {
    follows(Optimizer.sgd(0.05), (p, g, t) -> p - 0.05 * g);
  }

  @Test
  void sgdWithMomentumAndDecayFollowsItsRecurrence() {
    double[] v = {0};
    follows(
        Optimizer.sgd(0.02, 0.9).decay(0.1),
        (p, g, t) -> {
          v[0] = 0.9 * v[0] + g + 0.1 * p;
          return p - 0.02 * v[0];
        });
  }

  @Test
  void nesterovLooksAhead() {
    double[] v = {0};
    follows(
        Optimizer.sgd(0.02, 0.9).nesterov(true),
        (p, g, t) -> {
          v[0] = 0.9 * v[0] + g;
          return p - 0.02 * (g + 0.9 * v[0]);
        });
  }

  @Test
  void adamFollowsAlgorithmOne() {
    double[] m = {0, 0};
    follows(
        Optimizer.adam(0.05),
        (p, g, t) -> {
          m[0] = 0.9 * m[0] + 0.1 * g;
          m[1] = 0.999 * m[1] + 0.001 * g * g;
          double mHat = m[0] / (1 - Math.pow(0.9, t));
          double vHat = m[1] / (1 - Math.pow(0.999, t));
          return p - 0.05 * mHat / (Math.sqrt(vHat) + 1e-8);
        });
  }

  @Test
  void adamWDecaysTheWeightAndNotTheGradient() {
    double[] m = {0, 0};
    follows(
        Optimizer.adamW(0.05, 0.2),
        (p, g, t) -> {
          m[0] = 0.9 * m[0] + 0.1 * g;
          m[1] = 0.999 * m[1] + 0.001 * g * g;
          double mHat = m[0] / (1 - Math.pow(0.9, t));
          double vHat = m[1] / (1 - Math.pow(0.999, t));
          return p - 0.05 * 0.2 * p - 0.05 * mHat / (Math.sqrt(vHat) + 1e-8);
        });
  }

  @Test
  void rmsPropDividesByTheRunningRoot() {
    double[] v = {0};
    follows(
        Optimizer.rmsProp(0.01),
        (p, g, t) -> {
          v[0] = 0.99 * v[0] + 0.01 * g * g;
          return p - 0.01 * g / (Math.sqrt(v[0]) + 1e-8);
        });
  }

  @Test
  void adagradDividesByTheRootOfTheSum() {
    double[] s = {0};
    follows(
        Optimizer.adagrad(0.1),
        (p, g, t) -> {
          s[0] += g * g;
          return p - 0.1 * g / (Math.sqrt(s[0]) + 1e-10);
        });
  }

  /**
   * McMahan et al. 2013, Algorithm 1: wᵢ = 0 if |zᵢ| ≤ λ₁, else −(√n/α + λ₂')⁻¹ (z − sgn(z) λ₁).
   */
  @Test
  void ftrlFollowsAlgorithmOne() {
    double alpha = 0.1;
    double l1 = 0.05;
    double l2 = 0.02;
    double[] nz = {0.1, 0};
    follows(
        new Optimizer.Ftrl(alpha, 0.1, l1, l2),
        (p, g, t) -> {
          double n = nz[0] + g * g;
          nz[1] += g - (Math.sqrt(n) - Math.sqrt(nz[0])) / alpha * p;
          nz[0] = n;
          double z = nz[1];
          return Math.abs(z) <= l1
              ? 0
              : -(z - Math.signum(z) * l1) / (Math.sqrt(n) / alpha + 2 * l2);
        });
  }

  @Test
  void everyOptimizerHasATestHere() {
    Set<String> tested =
        Set.of("Sgd", "Adam", "RmsProp", "Adagrad", "Ftrl"); // AdamW is an Adam, Nesterov an Sgd
    Set<String> family =
        Arrays.stream(Optimizer.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .collect(Collectors.toSet());
    assertEquals(tested, family);
  }

  @Test
  void schedulesGoWhereTheySay() {
    assertEquals(1, Schedule.constant().factor(0.7));
    assertEquals(1, Schedule.cosine(0.1).factor(0), 1e-12);
    assertEquals(0.55, Schedule.cosine(0.1).factor(0.5), 1e-12);
    assertEquals(0.1, Schedule.cosine(0.1).factor(1), 1e-12);
    assertEquals(0, Schedule.cyclic(0.4).factor(0), 1e-12);
    assertEquals(1, Schedule.cyclic(0.4).factor(0.4), 1e-12);
    assertEquals(0.5, Schedule.cyclic(0.4).factor(0.7), 1e-12);
    assertEquals(0.01, Schedule.steps(0.1, 0.5, 0.75).factor(0.8), 1e-12);
    assertEquals(0.5, Schedule.constant().warmUp(0.2).factor(0.1), 1e-12);
    assertEquals(1, Schedule.cosine(0).warmUp(0.2).factor(0.2), 1e-12);
    assertTrue(Schedule.cosine(0).warmUp(0.2).factor(0.999) < 1e-5);
  }
}
