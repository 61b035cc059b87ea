package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/** A function of what a layer puts out, A, and of its slope g = ∂y_c/∂A, planned. */
record LayerGradient(Cell x, Cell classes, Plan plan) {
  /**
   * The function's values, [N, …].
   *
   * @param kind tells apart functions: equal ones are the same
   * @param map what becomes of A and g, both [N, C, h, w]
   */
  static Tensor of(Question q, Optional<String> layer, Object kind, BinaryOperator<Var> map) {
    String name = Layers.of(q.model()).find(layer);
    Function<Question, Tensor> answer =
        part ->
            part.model()
                .plans()
                .with(
                    LayerGradient.class,
                    List.of(kind, name, part.x().shape()),
                    () -> trace(part, name, map),
                    planned -> planned.run(part));
    return Layers.seesAll(q.model(), name) ? q.inParts(1, answer) : q.inParts(1, 1, answer);
  }

  private static LayerGradient trace(Question q, String layer, BinaryOperator<Var> map) {
    Cell x = Cell.of("x", q.x().shape());
    Cell classes = Cell.of("classes", Shape.of(q.size()));
    Pass pass = q.model().pass();
    Var score = q.model().logits(pass, x.var()).pick(classes.var()).sum();
    Var a = pass.activation(layer);
    Var g = Grad.of(score, a).get(0); // not computed if the function does not ask for it
    return new LayerGradient(x, classes, q.model().plans().plan(map.apply(a, g)));
  }

  private Tensor run(Question q) {
    x.set(q.x());
    classes.set(Tensor.ofInts(q.classes()));
    plan.run();
    return plan.value(0);
  }
}
