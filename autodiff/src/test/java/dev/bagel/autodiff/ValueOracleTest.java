package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.scalar.Value;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random expressions, evaluated by the engine and by a hundred lines of {@code double}. */
@ExtendWith(Seeded.class)
class ValueOracleTest {
  private static final int EXPRESSIONS = 3000;
  private static final int LEAVES = 3;
  private static final int POINTS = 5;
  private static final int DEPTH = 6;

  /** What an expression is made of, for one kind of number. */
  private interface Algebra<T> {
    T unary(int which, T x);

    T binary(int which, T a, T b);
  }

  private static final class Vars implements Algebra<Var> {
    @Override
    public Var unary(int which, Var x) {
      return switch (which) {
        case 0 -> x.exp();
        case 1 -> x.log();
        case 2 -> x.tanh();
        default -> x.relu();
      };
    }

    @Override
    public Var binary(int which, Var a, Var b) {
      return switch (which) {
        case 0 -> a.add(b);
        case 1 -> a.sub(b);
        case 2 -> a.mul(b);
        case 3 -> a.div(b);
        default -> a.max(b);
      };
    }
  }

  /** Notes where the expression is so close to a kink or a pole that float cannot follow. */
  private static final class Values implements Algebra<Value> {
    private boolean ill;

    private Value noted(Value y) {
      ill |= !(Math.abs(y.data()) < 20);
      return y;
    }

    @Override
    public Value unary(int which, Value x) {
      ill |= which == 1 && x.data() < 0.3;
      ill |= which == 3 && Math.abs(x.data()) < 1e-3 && x.data() != 0;
      return noted(
          switch (which) {
            case 0 -> x.exp();
            case 1 -> x.log();
            case 2 -> x.tanh();
            default -> x.relu();
          });
    }

    @Override
    public Value binary(int which, Value a, Value b) {
      ill |= which == 3 && Math.abs(b.data()) < 0.3;
      ill |= which > 3 && Math.abs(a.data() - b.data()) < 1e-3 && a != b;
      return noted(
          switch (which) {
            case 0 -> a.add(b);
            case 1 -> a.sub(b);
            case 2 -> a.mul(b);
            case 3 -> a.div(b);
            default -> a.max(b);
          });
    }
  }

  /** Builds one expression from a stream; the same stream builds the same one in any algebra. */
  private static final class Expression<T> {
    private final Rng rng;
    private final Algebra<T> algebra;
    private final List<T> known; // leaves and parts, which may be used again
    private int draws;

    Expression(Rng rng, Algebra<T> algebra, List<T> leaves) {
      this.rng = rng;
      this.algebra = algebra;
      known = new ArrayList<>(leaves);
    }

    T build(int depth) {
      int choice = rng.below(draws++, 10);
      if (depth == 0 || choice == 0) {
        return known.get(rng.below(draws++, known.size()));
      }
      int which = rng.below(draws++, choice < 5 ? 4 : 5);
      T y;
      if (choice < 5) {
        y = algebra.unary(which, build(depth - 1));
      } else {
        T a = build(depth - 1);
        y = algebra.binary(which, a, build(depth - 1));
      }
      known.add(y);
      return y;
    }
  }

  @Test
  void randomExpressionsAgreeWithTheOracle(Rng rng) {
    int compared = 0;
    for (int e = 0; e < EXPRESSIONS; e++) {
      Rng r = rng.at(e);
      Tensor points = Tensor.uniform(Shape.of(LEAVES, POINTS), -2, 2, r.at("points"));
      List<Var> leaves = new ArrayList<>();
      for (int i = 0; i < LEAVES; i++) {
        leaves.add(Var.leaf(points.slice(i, i + 1).reshape(POINTS)));
      }
      Var y = new Expression<>(r, new Vars(), leaves).build(1 + e % DEPTH);
      List<Var> g = Grad.of(y.sum(), leaves.toArray(Var[]::new));
      for (int p = 0; p < POINTS; p++) {
        compared += compare(r, 1 + e % DEPTH, leaves, p, y, g, "expression " + e) ? 1 : 0;
      }
    }
    assertTrue(compared > EXPRESSIONS, "only " + compared + " points were well-conditioned");
  }

  /** Compares one point of the vectors, and the same expression of scalars. */
  private static boolean compare(
      Rng rng, int depth, List<Var> x, int point, Var y, List<Var> g, String what) {
    Values algebra = new Values();
    List<Value> leaves = x.stream().map(v -> new Value(v.value().get(point))).toList();
    Value expected = new Expression<>(rng, algebra, leaves).build(depth);
    expected.backward();
    double scale = 1 + leaves.stream().mapToDouble(v -> Math.abs(v.grad())).max().orElse(0);
    if (algebra.ill || scale > 1e4) {
      return false;
    }
    List<Var> scalars = x.stream().map(v -> Var.leaf(Tensor.scalar(v.value().get(point)))).toList();
    Var z = new Expression<>(rng, new Vars(), scalars).build(depth);
    List<Var> dz = Grad.of(z, scalars.toArray(Var[]::new));
    // each of up to 6 levels may enlarge an error of 6e-8 by its slope
    double tolerance = 1e-4 * scale;
    assertEquals(expected.data(), y.value().get(point), tolerance, what);
    assertEquals(expected.data(), z.item(), tolerance, what);
    for (int i = 0; i < LEAVES; i++) {
      assertEquals(leaves.get(i).grad(), g.get(i).value().get(point), 10 * tolerance, what);
      assertEquals(leaves.get(i).grad(), dz.get(i).item(), 10 * tolerance, what);
    }
    return true;
  }
}
