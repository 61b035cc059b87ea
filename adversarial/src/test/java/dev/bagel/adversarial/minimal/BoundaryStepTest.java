package dev.bagel.adversarial.minimal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Norm;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class BoundaryStepTest {
  private static final int D = 12;

  private static float[] uniform(Rng rng) {
    float[] v = new float[D];
    for (int i = 0; i < D; i++) {
      v[i] = rng.uniform(i);
    }
    return v;
  }

  private static float[] normal(Rng rng) {
    float[] v = new float[D];
    for (int i = 0; i < D; i++) {
      v[i] = rng.gaussian(i);
    }
    return v;
  }

  private static Example example(Norm norm, Rng rng) {
    float[] x = uniform(rng.at("x0"));
    return new Example(0, x, Bounds.UNIT, 0, -1, new float[2], norm::length);
  }

  /** All that is asked of a step holds, and no random step for which it holds is better. */
  @ParameterizedTest
  @EnumSource
  void noFeasibleStepEndsNearerToTheInput(Norm norm, Rng rng) {
    for (int trial = 0; trial < 20; trial++) {
      Rng one = rng.at(trial);
      Example e = example(norm, one);
      float[] x = uniform(one.at("x"));
      float[] g = normal(one.at("g"));
      double radius = 0.05 + one.uniform(1);
      double rise = 0.2 * radius * one.at("rise").gaussian(0);
      float[] step = new BoundaryStep(norm, D).from(x, e, g, rise, radius);
      double slack = 2e-4 * radius * Norm.L2.length(g) + 1e-5;
      assertEquals(rise, Vectors.dot(g, step), slack, norm + " " + trial);
      assertTrue(Norm.L2.length(step) <= radius * (1 + 1e-4));
      float[] to = Vectors.sum(x, 1, step);
      for (float v : to) {
        assertTrue(v >= -1e-6 && v <= 1 + 1e-6);
      }
      double best = norm.length(e.delta(e.at(e.delta(to))));
      for (int k = 0; norm != Norm.L0 && k < 300; k++) {
        double size = radius * Math.pow(10, -3 * one.at("size").uniform(k));
        float[] other = feasible(x, g, step, rise, radius, size, one.at("other").at(k));
        double there = norm.length(e.delta(Vectors.sum(x, 1, other)));
        double unused = 0.05 * radius * (norm == Norm.L1 ? Math.sqrt(D) : 1); // of the region
        assertTrue(there > best - unused, norm + ": " + there + " is nearer than " + best);
      }
    }
  }

  /** A step near the one that was found, moved onto the boundary, into box and trust region. */
  private static float[] feasible(
      float[] x, float[] g, float[] step, double rise, double radius, double size, Rng rng) {
    float[] d = Vectors.sum(step, size, normal(rng));
    for (int t = 0; t < 200; t++) {
      d = Vectors.sum(d, (rise - Vectors.dot(g, d)) / Vectors.dot(g, g), g);
      d = Vectors.scaled(d, Math.min(1, radius / Norm.L2.length(d)));
      for (int i = 0; i < D; i++) {
        d[i] = Math.min(1, Math.max(0, x[i] + d[i])) - x[i];
      }
    }
    boolean holds = Math.abs(rise - Vectors.dot(g, d)) < 1e-4 * Norm.L2.length(g);
    return holds ? d : step;
  }

  @ParameterizedTest
  @EnumSource
  void aBoundaryThatIsTooFarIsApproachedAsFarAsTheRadiusAllows(Norm norm, Rng rng) {
    Example e = example(norm, rng);
    float[] x = uniform(rng.at("x"));
    float[] g = normal(rng.at("g"));
    float[] step = new BoundaryStep(norm, D).from(x, e, g, 100, 0.1);
    assertEquals(0.1, Norm.L2.length(step), 1e-4);
    assertTrue(Vectors.dot(g, step) > 0);
  }

  @ParameterizedTest
  @EnumSource
  void whereItIsFlatNothingMoves(Norm norm, Rng rng) {
    Example e = example(norm, rng);
    float[] step = new BoundaryStep(norm, D).from(uniform(rng), e, new float[D], 1, 0.1);
    assertEquals(0, Norm.L2.length(step));
  }
}
