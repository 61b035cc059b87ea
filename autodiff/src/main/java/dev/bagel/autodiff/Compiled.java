package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A function of tensors that traces itself on first use, for every shape of its arguments, and
 * replays a {@link Plan} from then on. Any number of threads may call it at once: each has a plan,
 * and so memory, of its own.
 */
public final class Compiled {
  private static final int SHAPES = 12;

  /** A function that a plan can be made of: it looks at shapes, never at values. */
  @FunctionalInterface
  public interface Body {
    List<Var> apply(List<Var> x);
  }

  private record Traced(List<Cell> cells, Plan plan, int outputs) {}

  private final Body body;
  private final Pool<List<Shape>, Traced> traces = new Pool<>(SHAPES);

  public Compiled(Body body) {
    this.body = body;
  }

  /** The function's values. */
  public List<Tensor> call(Tensor... x) {
    List<Shape> shapes = Arrays.stream(x).map(Tensor::shape).toList();
    Traced t = traces.take(shapes, () -> trace(shapes));
    for (int i = 0; i < x.length; i++) {
      t.cells.get(i).set(x[i]);
    }
    t.plan.run();
    List<Tensor> values = new ArrayList<>();
    for (int i = 0; i < t.outputs; i++) {
      values.add(t.plan.value(i));
    }
    traces.give(shapes, t);
    return values;
  }

  private Traced trace(List<Shape> shapes) {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      cells.add(Cell.of("x" + i, shapes.get(i)));
    }
    List<Var> values = body.apply(cells.stream().map(Cell::var).toList());
    return new Traced(cells, Plan.of(values, Map.of()), values.size());
  }
}
