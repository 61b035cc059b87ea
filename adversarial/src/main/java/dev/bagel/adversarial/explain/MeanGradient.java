package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * The mean over some points of ∂y_c/∂(point): what saliency, SmoothGrad, integrated gradients and
 * guided back-propagation have in common. One plan is replayed for all points and adds up in place.
 *
 * @param points where
 * @param rule how gradients come back
 */
record MeanGradient(Points points, Grad.Rule rule) {
  /** Shaped like x. */
  Tensor of(Question q) {
    return q.inParts(
        points.count(),
        part ->
            part.model()
                .plans()
                .with(
                    Walk.class,
                    List.of(this, part.x().shape()),
                    () -> Walk.of(this, part),
                    walk -> walk.run(points, part)));
  }

  /** A plan that adds the gradient at one point to the sum. */
  private record Walk(Cell x, Cell classes, Cell setting, Cell sum, Plan plan) {
    static Walk of(MeanGradient m, Question q) {
      Shape shape = q.x().shape();
      Cell x = Cell.of("x", shape);
      Cell classes = Cell.of("classes", Shape.of(q.size()));
      Cell setting = Cell.of("setting", m.points.setting(0, q));
      Cell sum = Cell.of("sum", shape);
      Var g = m.gradient(q.model(), m.points.at(x.var(), setting.var()), classes.var());
      Var more = sum.var().add(g.mul(1f / m.points.count()));
      Plan plan = q.model().plans().plan(List.of(), Map.of(sum, more));
      return new Walk(x, classes, setting, sum, plan);
    }

    Tensor run(Points points, Question q) {
      x.set(q.x());
      classes.set(Tensor.ofInts(q.classes()));
      sum.fill(0);
      for (int k = 0; k < points.count(); k++) {
        setting.set(points.setting(k, q));
        plan.run();
        q.progress().at((long) (k + 1) * q.size(), (long) points.count() * q.size(), "explain");
      }
      return sum.get();
    }
  }

  private Var gradient(Model model, Var at, Var classes) {
    Var score = model.logits(at).pick(classes).sum(); // each input has its own gradient
    return Grad.pullback(rule, score, Var.constant(1f), at).get(0);
  }
}
