package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.AimCells;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One run of a {@link TransformationAttack} over a batch: where each example is looked at, and the
 * worst that was seen.
 */
final class WorstCase {
  private final TransformationAttack attack;
  private final Transformation t;
  private final List<Parameter> parameters;
  private final Classifier f;
  private final Tensor x0;
  private final Goal goal;
  private final Seeds seeds;
  private final double[][] at; // where each example is now, in the parameters' units
  private final double[][] worst;
  private final double[] value; // the surrogate there
  private final boolean[] reached;
  private final int[] rows; // who is searched for
  private Cost cost;

  WorstCase(TransformationAttack attack, Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    this.attack = attack;
    this.t = attack.transformation();
    this.parameters = t.parameters();
    this.f = f;
    this.x0 = x0;
    this.goal = goal;
    this.seeds = seeds;
    t.check(x0.shape(), f.bounds());
    int n = x0.shape().dim(0);
    at = new double[n][parameters.size()];
    worst = new double[n][parameters.size()];
    value = new double[n];
    Arrays.fill(value, Double.NEGATIVE_INFINITY);
    reached = goal.reached(f.scores(x0));
    rows = IntStream.range(0, n).filter(i -> !reached[i]).toArray();
    cost = new Cost(0, n);
  }

  /** Looks everywhere that the search says, and then once more at the worst. */
  Transformed transformed() {
    if (rows.length > 0) {
      look(false); // at θ = 0
      search(attack.search());
    }
    Tensor theta = theta(worst, IntStream.range(0, worst.length).toArray());
    int[] moved = IntStream.of(rows).filter(i -> hasMoved(worst[i])).toArray();
    Tensor x = x0;
    if (moved.length > 0) {
      x = x0.withRows(moved, t.apply(x0.rows(moved), theta.rows(moved), f.bounds()));
    }
    Tensor scores = f.scores(x);
    int[] predicted = Decision.of(scores);
    cost = cost.plus(new Cost(0, predicted.length));
    return new Transformed(x, parameters, theta, predicted, goal.reached(scores), cost);
  }

  private static boolean hasMoved(double[] theta) {
    return Arrays.stream(theta).anyMatch(v -> v != 0);
  }

  private void search(Search search) {
    if (search instanceof Search.Grid grid) {
      for (int k = 0; k < grid.size() && !Limit.isOver(f); k++) {
        double[] share = grid.at(k);
        for (int i : rows) {
          move(i, share);
        }
        look(false);
      }
    } else if (search instanceof Search.Random random) {
      for (int k = 0; k < random.draws() && !Limit.isOver(f); k++) {
        drawEach(k);
        look(false);
      }
    } else if (search instanceof Search.FirstOrder ascent) {
      drawEach(0);
      for (int k = 0; k < ascent.steps() && !Limit.isOver(f); k++) {
        climb(look(true), ascent.size());
      }
      look(false);
    }
  }

  private void drawEach(int k) {
    for (int i : rows) {
      Rng rng = seeds.example(i).at("transformation").at(k);
      double[] share = new double[parameters.size()];
      Arrays.setAll(share, p -> 2 * rng.uniformDouble(p) - 1);
      move(i, share);
    }
  }

  /** Puts an example at a point given in shares of the limits. */
  private void move(int i, double[] share) {
    for (int p = 0; p < share.length; p++) {
      at[i][p] = share[p] * parameters.get(p).limit();
    }
  }

  /** θ ← Π(θ + α · limit · sign(∂value/∂θ)), with ∂value/∂θ = ∂matrix/∂θᵀ · ∂value/∂matrix. */
  private void climb(Tensor gradient, double size) {
    int entries = t.matrix().size();
    for (int r = 0; r < rows.length; r++) {
      double[] theta = at[rows[r]];
      double[][] jacobian = t.jacobian(theta, picture());
      for (int p = 0; p < theta.length; p++) {
        double slope = 0;
        for (int j = 0; j < entries; j++) {
          slope += jacobian[j][p] * gradient.get(r * entries + j);
        }
        double limit = parameters.get(p).limit();
        double moved = theta[p] + size * limit * Math.signum(slope);
        theta[p] = Math.max(-limit, Math.min(limit, moved));
      }
    }
  }

  /** Looks at where all examples are, keeps what is worse, and returns the gradient if asked. */
  private Tensor look(boolean steep) {
    Look.Kind kind =
        new Look.Kind(
            t,
            attack.surrogate(),
            x0.shape().with(0, rows.length),
            AimCells.Kind.of(goal.rows(rows)),
            steep);
    Look.Seen seen =
        f.plans()
            .with(
                Look.class,
                kind,
                () -> new Look(f, kind),
                l -> l.at(x0.rows(rows), t.matrices(theta(at, rows), picture()), goal.rows(rows)));
    cost = cost.plus(new Cost(steep ? 1 : 0, steep ? 0 : 1).times(rows.length));
    keep(seen);
    if (steep && seen.gradient().firstNotFinite() >= 0) {
      throw new AttackException(
          attack + ": the gradient in the parameters is not finite; search a grid, or at random");
    }
    return seen.gradient();
  }

  private void keep(Look.Seen seen) {
    boolean[] now = goal.rows(rows).reached(seen.scores());
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      boolean better = now[r] == reached[i] ? seen.values().get(r) > value[i] : now[r];
      if (better) {
        worst[i] = at[i].clone();
        value[i] = seen.values().get(r);
        reached[i] = now[r];
      }
    }
  }

  private Shape picture() {
    return x0.shape().sub(1, 4);
  }

  private Tensor theta(double[][] of, int[] which) {
    int k = parameters.size();
    float[] theta = new float[which.length * k];
    for (int j = 0; j < theta.length; j++) {
      theta[j] = (float) of[which[j / k]][j % k];
    }
    return Tensor.wrap(Shape.of(which.length, k), theta);
  }
}
