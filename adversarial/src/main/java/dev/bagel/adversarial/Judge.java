package dev.bagel.adversarial;

import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** One run of an {@link Evaluation}: what the model says of the inputs, and what is left to do. */
final class Judge {
  private final Evaluation e;
  private final Limited f;
  private final int n;
  private final int[] clean;
  private final boolean[] already;

  Judge(Evaluation e) {
    this.e = e;
    f = new Limited(e.f(), e.limit());
    n = e.batch().size();
    Tensor scores = e.f().scores(e.batch().x());
    already = n == 0 ? new boolean[0] : e.goal().reached(scores);
    clean = classes(scores, already);
  }

  /** What an attack did to a whole batch, and where it has been. */
  record Run(Found found, boolean[] attacked) {}

  /** Where there is something to do. */
  boolean[] unreached() {
    boolean[] todo = new boolean[n];
    for (int i = 0; i < n; i++) {
      todo[i] = !already[i];
    }
    return todo;
  }

  /** Where a rule decides there are two classes: 0 is right, and 1 is what it wants. */
  private int[] classes(Tensor scores, boolean[] reached) {
    if (!isByRule()) {
      return Decision.of(scores);
    }
    return IntStream.range(0, reached.length).map(i -> reached[i] ? 1 : 0).toArray();
  }

  private boolean isByRule() {
    return e.goal() instanceof Goal.Custom;
  }

  /** Attacks what is to do; the rest of the batch is as in {@code before}. */
  Run run(Attack attack, boolean[] todo, Tensor before, Progress progress) {
    int[] rows = IntStream.range(0, n).filter(i -> todo[i]).toArray();
    boolean[] attacked = new boolean[n];
    Arrays.fill(attacked, true);
    if (rows.length == 0) {
      return new Run(new Found(before, new boolean[n], Cost.NONE), attacked);
    }
    long[] done = new long[1];
    Found found =
        attack.run(
            f,
            e.batch().x().rows(rows),
            e.goal().rows(rows),
            e.seeds().rows(rows),
            (now, total, what) -> {
              done[0] = now;
              progress.at(now, total, what);
            });
    for (int r = (int) done[0]; r < rows.length; r++) {
      attacked[rows[r]] = found.success()[r];
    }
    return new Run(
        new Found(before.withRows(rows, found.x()), new boolean[n], found.cost()), attacked);
  }

  /**
   * Looks at what a run made of the batch.
   *
   * @param ball what must not be left; null if there is none
   * @param points what is looked at, after clipping to the bounds
   */
  Outcome outcome(Attack attack, Ball ball, Run run, Tensor points, double seconds) {
    Tensor x = f.bounds().clip(points);
    double[] distance = Ball.distances(norm(attack), x, e.batch().x());
    if (ball != null) {
      Evaluation.check(attack, ball, distance, x);
    }
    Tensor scores = e.f().scores(x);
    boolean[] success = n == 0 ? new boolean[0] : e.goal().reached(scores);
    return new Outcome(
        attack.toString(),
        ball,
        isByRule() ? new int[n] : e.batch().labels(),
        clean,
        classes(scores, success),
        success,
        run.attacked(),
        distance,
        run.found().x(),
        x,
        seconds,
        run.found().cost(),
        f.ending());
  }

  /** What distance means to an attack; the Euclidean one if that is all the same to it. */
  private static Norm norm(Attack attack) {
    if (attack instanceof BallAttack b) {
      return b.ball().norm();
    }
    return attack instanceof MinimalAttack m ? m.norm() : Norm.L2;
  }

  /** An outcome for each radius, in the order of the radii. */
  Outcome[] sweep(Attack attack, double... epsilons) {
    Outcome[] outcomes = new Outcome[epsilons.length];
    int[] order =
        IntStream.range(0, epsilons.length)
            .boxed()
            .sorted((a, b) -> Double.compare(epsilons[a], epsilons[b]))
            .mapToInt(i -> i)
            .toArray();
    if (attack instanceof MinimalAttack minimal) {
      once(minimal, epsilons, order, outcomes);
    } else if (attack instanceof BallAttack in) {
      each(in, epsilons, order, outcomes);
    } else {
      throw new AttackException(
          attack + " knows no radius: evaluate it by against(attack), without any");
    }
    return outcomes;
  }

  private void each(BallAttack attack, double[] epsilons, int[] order, Outcome[] outcomes) {
    boolean[] todo = unreached();
    Tensor x = e.batch().x();
    for (int k = 0; k < order.length; k++) {
      BallAttack at = attack.within(epsilons[order[k]]);
      long start = System.nanoTime();
      Run run = run(at, todo, x, part(k, order.length, todo));
      double seconds = (System.nanoTime() - start) / 1e9;
      Outcome o = outcome(at, at.ball(), run, run.found().x(), seconds);
      outcomes[order[k]] = o;
      x = left(todo, o, x);
    }
  }

  /** What falls stays fallen, and where it fell; what does not begins at its input again. */
  private Tensor left(boolean[] todo, Outcome o, Tensor x) {
    for (int i = 0; i < n; i++) {
      todo[i] &= !o.success()[i];
    }
    int[] fallen = IntStream.range(0, n).filter(i -> o.success()[i]).toArray();
    return x.withRows(fallen, o.x().rows(fallen));
  }

  private void once(MinimalAttack attack, double[] epsilons, int[] order, Outcome[] outcomes) {
    boolean[] todo = unreached();
    Tensor x = e.batch().x();
    long start = System.nanoTime();
    Run run = run(attack, todo, x, e.progress());
    double seconds = (System.nanoTime() - start) / 1e9;
    Tensor found = f.bounds().clip(run.found().x());
    double[] distance = Ball.distances(attack.norm(), found, e.batch().x());
    for (int k : order) {
      Ball ball = new Ball(attack.norm(), epsilons[k]);
      int[] near = rows(todo, i -> distance[i] <= ball.epsilon());
      int[] far = rows(todo, i -> !(distance[i] <= ball.epsilon()));
      Tensor brought = ball.nearest(found.rows(far), e.batch().x().rows(far), f.bounds());
      Tensor points = x.withRows(near, found.rows(near)).withRows(far, brought);
      outcomes[k] = outcome(attack, ball, run, points, seconds);
      x = left(todo, outcomes[k], x);
    }
  }

  private static int[] rows(boolean[] todo, IntPredicate which) {
    return IntStream.range(0, todo.length).filter(i -> todo[i] && which.test(i)).toArray();
  }

  /** One progress for all radii: this is part {@code k} of so many. */
  private Progress part(int k, int parts, boolean[] todo) {
    int fallen = n - rows(todo, i -> true).length;
    return (done, total, what) ->
        e.progress().at((long) k * n + fallen + done, (long) parts * n, what);
  }
}
