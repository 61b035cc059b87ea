package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The nearest example of a data set that reaches the goal: candidates are asked about from the
 * nearest on (Foolbox takes them in random order, and so finds some example, not the nearest).
 *
 * @param data the candidates, [M, …]
 */
public record DatasetAttack(Tensor data, Norm norm, long queries)
    implements MinimalAttack, DecisionAttack {
  public DatasetAttack {
    Ledger.checked(queries);
  }

  /** The nearest in ℓ2. */
  public static DatasetAttack of(Tensor data) {
    return new DatasetAttack(data, Norm.L2, Oracle.UNLIMITED);
  }

  public DatasetAttack norm(Norm norm) {
    return new DatasetAttack(data, norm, queries);
  }

  public DatasetAttack queries(long queries) {
    return new DatasetAttack(data, norm, queries);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the candidates are not shaped like the inputs
   */
  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    int m = data.shape().dim(0);
    if (!data.shape().equals(x.shape().with(0, m))) {
      throw new ShapeException("candidates %s for inputs %s", data.shape(), x.shape());
    }
    Hunt hunt = new Hunt(norm, labels, x);
    int[][] order = new int[hunt.n][];
    Arrays.setAll(order, i -> byDistance(x.slice(i, i + 1)));
    int[] who = Ledger.all(hunt.n);
    for (int k = 0; k < m && who.length > 0; k++) {
      Points candidates = hunt.points();
      for (int i : who) {
        candidates.add(i, data.slice(order[i][k], order[i][k] + 1).toArray());
      }
      hunt.reached(candidates);
      who = Arrays.stream(hunt.asking(who)).filter(i -> !hunt.has(i)).toArray();
    }
    return hunt.result();
  }

  /** The candidates' numbers, the nearest first. */
  private int[] byDistance(Tensor x) {
    double[] distance = Ball.distances(norm, data, x);
    return IntStream.range(0, distance.length)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> distance[k]))
        .mapToInt(k -> k)
        .toArray();
  }

  @Override
  public String toString() {
    return "DatasetAttack[data=" + data.shape() + ", norm=" + norm + ", queries=" + queries + "]";
  }
}
