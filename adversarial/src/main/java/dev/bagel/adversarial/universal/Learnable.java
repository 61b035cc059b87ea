package dev.bagel.adversarial.universal;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Optimizer;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A tensor that an optimizer moves, in a cell, with what the optimizer remembers of it. */
final class Learnable {
  private final Cell cell;
  private final Optimizer optimizer;
  private final float rate;
  private final Cell t = Cell.of("t", Shape.of());
  private final Map<String, Cell> memory = new LinkedHashMap<>();
  private int steps;

  /**
   * Begins with {@code start}.
   *
   * @param unit what the optimizer's rate is multiplied by
   */
  Learnable(Tensor start, Optimizer optimizer, double unit) {
    this.cell = Cell.of("learnable", start);
    this.optimizer = optimizer;
    this.rate = (float) (optimizer.rate() * unit);
    optimizer
        .memory()
        .forEach((name, v) -> memory.put(name, Cell.of(name, Tensor.full(start.shape(), v))));
  }

  Var var() {
    return cell.var();
  }

  Tensor value() {
    return cell.get();
  }

  /** To be called before each step: optimizers count them. */
  void count() {
    t.fill(++steps);
  }

  /** What a plan has to update for a step down this gradient, and then into valid values. */
  Map<Cell, Var> step(Var gradient, UnaryOperator<Var> valid) {
    Map<String, Var> remembered = new LinkedHashMap<>();
    memory.forEach((name, c) -> remembered.put(name, c.var()));
    Optimizer.Moved moved =
        optimizer.move(cell.var(), gradient, remembered, Var.constant(rate), t.var());
    Map<Cell, Var> updates = new LinkedHashMap<>();
    moved.memory().forEach((name, value) -> updates.put(memory.get(name), value));
    Var shown = gradient.mul(0); // what is not finite shows, whatever is done to be valid
    updates.put(cell, valid.apply(moved.p()).add(shown));
    return updates;
  }
}
