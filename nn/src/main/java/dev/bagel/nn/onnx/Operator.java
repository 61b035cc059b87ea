package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What an operator of ONNX is in variables. */
@FunctionalInterface
interface Operator {
  /** The results; they may be more than the node has names for. */
  List<Value> apply(Call c);

  /** An operator with one result, whose elements are like those of its first input. */
  static Operator one(Function<Call, Var> f) {
    return c -> c.like(f.apply(c));
  }

  /** An operator that only moves the elements of its first input. */
  static Operator moving(Function<Call, UnaryOperator<Var>> f) {
    return c -> List.of(c.value(0).moved(f.apply(c)));
  }
}
