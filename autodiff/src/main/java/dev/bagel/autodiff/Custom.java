package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The door for functions that the family does not have: any Java code forward, and any rule
 * backward, the true one or not. With a rule that is not the true one it is the straight-through
 * estimator, and BPDA (Athalye et al. 2018, §4.1): quantise forward, pass the gradient on
 * unchanged.
 *
 * @param name what graphs print
 * @param result the shape of the result, from the shapes of the arguments
 * @param forward the value; it runs again at every replay of a plan, and once for all operations of
 *     a plan that are equal and have the same arguments
 * @param rule x̄ᵢ from i, ȳ, x and y, in differentiable operations; null where no gradient flows
 */
public record Custom(String name, Shapes result, Forward forward, Rule rule) implements Op {
  /** The shape of the result. */
  @FunctionalInterface
  public interface Shapes {
    Shape of(List<Shape> x);
  }

  /** The value of the function. */
  @FunctionalInterface
  public interface Forward {
    Tensor of(List<Tensor> x);
  }

  /** The vector–Jacobian product. */
  @FunctionalInterface
  public interface Rule {
    Var vjp(int i, Var g, List<Var> x, Var y);
  }

  /** f forward, the identity backward: the straight-through estimator of Bengio et al. 2013. */
  public static Custom straightThrough(String name, UnaryOperator<Tensor> f) {
    return new Custom(name, x -> x.get(0), x -> f.apply(x.get(0)), (i, g, x, y) -> g);
  }

  /** This function of some variables. */
  public Var of(Var... x) {
    return Var.of(this, x);
  }

  @Override
  public String label() {
    return name;
  }

  @Override
  public Shape shape(List<Shape> x) {
    return result.of(x);
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return () -> {
      List<Tensor> values = new ArrayList<>();
      for (Operand a : x) {
        int from = a.span().offset();
        values.add(
            Tensor.wrap(
                a.shape(), Arrays.copyOfRange(a.span().array(), from, from + a.span().length())));
      }
      Tensor value = forward.of(values);
      if (!value.shape().equals(y.shape())) {
        throw new ShapeException(
            "custom operation %s promised %s and gave %s", name, y.shape(), value.shape());
      }
      System.arraycopy(value.array(), 0, y.span().array(), y.span().offset(), value.size());
    };
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    Var gi = rule.vjp(i, g, x, y);
    if (gi != null && !gi.shape().equals(x.get(i).shape())) {
      throw new ShapeException(
          "custom operation %s: gradient %s of argument %d, which is %s",
          name, gi.shape(), i, x.get(i).shape());
    }
    return gi;
  }
}
