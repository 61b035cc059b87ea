package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** One run of {@link Square} over a batch. */
final class SquareRun {
  private final Square square;
  private final Classifier f;
  private final Tensor x0;
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
    this.x0 = x0;
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
    Kind kind = new Kind(surrogate, x0.shape().with(0, rows.length), goal instanceof Goal.Targeted);
    Tensor[] answer =
        f.plans()
            .with(
                Query.class,
                kind,
                () -> new Query(f, kind),
                query -> query.ask(proposal.tensor(rows), some));
    boolean[] now = some.reached(answer[0]);
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (reached[i]) {
        continue;
      }
      queries++;
      float value = answer[1].get(r);
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

  /** What a plan depends on. */
  private record Kind(Surrogate surrogate, Shape shape, boolean targeted) {}

  /** The scores of a batch and its surrogate, planned. */
  private static final class Query {
    private final Cell x;
    private final Cell labels;
    private final Cell targets;
    private final int classes;
    private final Plan plan;

    Query(Classifier f, Kind kind) {
      int n = kind.shape.dim(0);
      x = Cell.of("x", kind.shape);
      labels = Cell.of("labels", Shape.of(n));
      targets = Cell.of("targets", Shape.of(n));
      Var logits = f.logits(x.var());
      classes = logits.shape().dim(1);
      Surrogate.Aim aim = new Surrogate.Aim(labels.var(), kind.targeted ? targets.var() : null);
      plan = f.plans().plan(logits, kind.surrogate.of(logits, aim));
    }

    Tensor[] ask(Tensor at, Goal goal) {
      x.set(at);
      goal.fill(classes, labels.memory(), targets.memory());
      plan.run();
      return new Tensor[] {plan.value(0), plan.value(1)};
    }
  }
}
