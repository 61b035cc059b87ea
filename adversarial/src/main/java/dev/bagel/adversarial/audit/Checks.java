package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Op;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What can be seen of a model without an attack: a look at its scores, gradients and graph. */
public final class Checks {
  private static final int MOST = 64; // inputs to look at
  private static final int ASKED = 5; // times the same
  private static final double SAME = 1e-4; // of the length of the scores
  private static final double ROUNDING = 1e-5;
  private static final double PROBE = 0.01; // of the range of an element
  private static final int DLR_CLASSES = 4; // that the targeted DLR loss needs
  private static final int PASSES = 4; // through the same weights that are no accident

  private Checks() {}

  /**
   * Everything that is odd about a model at some inputs.
   *
   * @throws dev.bagel.adversarial.AttackException if a score is NaN
   */
  public static List<Finding> of(Classifier f, Batch batch) {
    List<Finding> findings = new ArrayList<>();
    if (batch.size() == 0) {
      return findings;
    }
    int[] first = IntStream.range(0, Math.min(MOST, batch.size())).toArray();
    Tensor x = batch.x().rows(first);
    int[] labels = IntStream.of(first).map(i -> batch.labels()[i]).toArray();
    Tensor scores = f.scores(x);
    randomness(f, x, scores).ifPresent(findings::add);
    probabilities(scores).ifPresent(findings::add);
    if (scores.shape().dim(1) < DLR_CLASSES) {
      findings.add(new Finding.FewClasses(scores.shape().dim(1)));
    }
    zeroGradients(f, batch).ifPresent(findings::add);
    Graph graph = Graph.of(f.logits(Cell.of("x", x.shape()).var()));
    misleading(f, x, Goal.untargeted(labels), graph.withoutGradient()).ifPresent(findings::add);
    if (graph.passes() >= PASSES) {
      findings.add(new Finding.OptimisesAtInference(graph.passes()));
    }
    return findings;
  }

  /** Asks eagerly, since a plan draws once what a function draws by itself, and once by plan. */
  private static Optional<Finding> randomness(Classifier f, Tensor x, Tensor planned) {
    int[] decision = Decision.of(planned);
    boolean[] changed = new boolean[decision.length];
    double most = 0;
    for (int t = 0; t < ASKED; t++) {
      Tensor again = f.logits(Var.constant(x)).value();
      int[] now = Decision.of(again);
      for (int i = 0; i < changed.length; i++) {
        double difference = length(again.sub(planned), i) / (length(planned, i) + 1e-10);
        most = Math.max(most, difference);
        changed[i] |= now[i] != decision[i] && difference > SAME;
      }
    }
    int count = (int) IntStream.range(0, changed.length).filter(i -> changed[i]).count();
    return most > SAME
        ? Optional.of(new Finding.Randomised(count, changed.length, most))
        : Optional.empty();
  }

  private static double length(Tensor rows, int i) {
    int d = rows.shape().dim(1);
    double sum = 0;
    for (int j = i * d; j < (i + 1) * d; j++) {
      sum += (double) rows.get(j) * rows.get(j);
    }
    return Math.sqrt(sum);
  }

  private static Optional<Finding> probabilities(Tensor scores) {
    int n = scores.shape().dim(0);
    int k = scores.shape().dim(1);
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int j = i * k; j < (i + 1) * k; j++) {
        if (scores.get(j) < -ROUNDING || scores.get(j) > 1 + ROUNDING) {
          return Optional.empty();
        }
        sum += scores.get(j);
      }
      if (Math.abs(sum - 1) > ROUNDING) {
        return Optional.empty();
      }
    }
    return Optional.of(new Finding.LogitsAreProbabilities(n));
  }

  /** A gradient that vanishes by chance is no pattern: more than 1 % of the inputs, and two. */
  private static Optional<Finding> zeroGradients(Classifier f, Batch batch) {
    Tensor g = f.gradients(batch.x(), batch.labels());
    int zeros = 0;
    int d = g.size() / batch.size();
    for (int i = 0; i < batch.size(); i++) {
      boolean zero = true;
      for (int j = i * d; zero && j < (i + 1) * d; j++) {
        zero = g.get(j) == 0;
      }
      zeros += zero ? 1 : 0;
    }
    return zeros >= 2 && zeros > 0.01 * batch.size()
        ? Optional.of(new Finding.ZeroGradients(zeros, batch.size()))
        : Optional.empty();
  }

  /** Whether the margin changes along its gradient by at least half of what the gradient says. */
  private static Optional<Finding> misleading(
      Classifier f, Tensor x, Goal goal, Set<String> operations) {
    Slope slope = Slope.at(f, Surrogate.margin(), x, goal);
    Tensor g = slope.gradient();
    int n = x.shape().dim(0);
    int d = x.size() / n;
    double range = range(f.bounds(), x);
    float[] up = x.toArray();
    float[] down = x.toArray();
    double[] promised = new double[n];
    for (int i = 0; i < n; i++) {
      double largest = 0;
      for (int j = i * d; j < (i + 1) * d; j++) {
        largest = Math.max(largest, Math.abs(g.get(j)));
      }
      for (int j = i * d; j < (i + 1) * d && largest > 0; j++) {
        double step = PROBE * range * g.get(j) / largest;
        up[j] = clip(f.bounds(), up[j] + step);
        down[j] = clip(f.bounds(), down[j] - step);
        promised[i] += g.get(j) * ((double) up[j] - down[j]);
      }
    }
    Tensor high = Slope.at(f, Surrogate.margin(), Tensor.wrap(x.shape(), up), goal).values();
    Tensor low = Slope.at(f, Surrogate.margin(), Tensor.wrap(x.shape(), down), goal).values();
    int broken = 0;
    for (int i = 0; i < n; i++) {
      broken += promised[i] > 2.0 * ((double) high.get(i) - low.get(i)) ? 1 : 0;
    }
    return 2 * broken > n
        ? Optional.of(new Finding.GradientsMislead(broken, n, List.copyOf(operations)))
        : Optional.empty();
  }

  private static float clip(Bounds bounds, double v) {
    return (float) Math.min(bounds.high(), Math.max(bounds.low(), v));
  }

  private static double range(Bounds bounds, Tensor x) {
    float most = 0;
    for (int i = 0; i < x.size(); i++) {
      most = Math.max(most, Math.abs(x.get(i)));
    }
    return bounds.isClosed() ? bounds.width() : Math.max(most, 1);
  }

  /**
   * What the graph of an answer shows.
   *
   * @param withoutGradient operations on the way that let no gradient through, or another one
   * @param passes how often the most used weights meet an activation
   */
  private record Graph(Set<String> withoutGradient, int passes) {
    private static final Set<String> BLOCKING = Set.of("sign", "step", "floor", "detach");

    static Graph of(Var logits) {
      Set<String> blocking = new TreeSet<>();
      IdentityHashMap<Tensor, Integer> uses = new IdentityHashMap<>();
      Set<Var> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      Deque<Var> todo = new ArrayDeque<>(List.of(logits));
      while (!todo.isEmpty()) {
        Var v = todo.pop();
        Op op = v.op();
        if (op == null || !seen.add(v)) {
          continue;
        }
        String label = op.label();
        if (v.isRecorded() && (BLOCKING.contains(label) || op instanceof Custom)) {
          blocking.add(label);
        }
        boolean heavy = label.startsWith("conv") || label.equals("matMul");
        for (Var arg : v.args()) {
          if (heavy && !arg.isRecorded() && arg.value() != null) {
            uses.merge(arg.value(), 1, Integer::sum);
          }
          todo.push(arg);
        }
      }
      int passes = uses.values().stream().mapToInt(n -> n).max().orElse(0);
      return new Graph(blocking, passes);
    }
  }
}
