package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** One run of {@link Square} over a batch. */
final class SquareRun {
  private final Square square;
  private final Classifier f;
  private final Goal goal;
  private final Seeds seeds;
  private final Surrogate surrogate;
  private final int n;
  private final Rows best; // with the surrogate's value
  private final Rows proposal;
  private final boolean[] reached;
  private final SquareMove move;
  private long queries;

  SquareRun(Square square, Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    this.square = square;
    this.f = f;
    this.goal = goal;
    this.seeds = seeds;
    surrogate = square.climbed(goal);
    n = x0.shape().dim(0);
    best = new Rows(x0);
    proposal = new Rows(x0);
    reached = new boolean[n];
    move = new SquareMove(square, Pixels.of(x0.shape()), f.bounds(), x0);
    search();
  }

  /** Algorithm 1. */
  private void search() {
    int[] rows = IntStream.range(0, n).toArray();
    for (int q = 0; q < square.queries() && rows.length > 0 && !Limit.isOver(f); q++) {
      for (int i : rows) {
        Rng rng = seeds.example(i).at(q);
        if (q == 0) {
          move.begin(i, proposal, rng);
        } else {
          move.propose(i, square.share(q), best, proposal, rng);
        }
      }
      ask(rows, q == 0);
      int[] left = Arrays.stream(rows).filter(i -> !reached[i]).toArray();
      rows = 8 * left.length <= 7 * rows.length ? left : rows; // every size has a plan of its own
    }
  }

  /** Takes the proposals that are better. */
  private void ask(int[] rows, boolean first) {
    Goal some = goal.rows(rows);
    Tensor scores = f.scores(proposal.tensor(rows));
    Tensor values = surrogate.of(scores, some);
    boolean[] now = some.reached(scores);
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (reached[i]) {
        continue;
      }
      queries++;
      float value = values.get(r);
      if (first || now[r] || value > best.value(i)) {
        best.copy(i, proposal);
        best.setValue(i, value);
        reached[i] = now[r];
      }
    }
  }

  Found found() {
    return new Found(best.tensor(), reached.clone(), new Cost(0, queries));
  }
}
