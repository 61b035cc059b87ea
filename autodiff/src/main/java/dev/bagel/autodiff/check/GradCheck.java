package dev.bagel.autodiff.check;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares gradients with finite differences. Public, because whoever adds an operation needs it.
 *
 * <p>For random directions u (one for each argument) and v (shaped like the result), one number
 * says whether value, shape and gradient are right:
 *
 * <pre>{@code ⟨v, J u⟩ ≈ ⟨v, (f(x + h·u/2) − f(x − h·u/2)) / h⟩ }</pre>
 *
 * where the left side is computed in reverse, as ⟨Jᵀv, u⟩. At order 2 the same is asked of the
 * function x ↦ Jᵀv. Sums run in double; with h = 4·10⁻³, about the cube root of a float's epsilon,
 * rounding and truncation are both near 10⁻⁵.
 */
public final class GradCheck {
  private static final float H = 4e-3f;

  /** A function of several variables. */
  @FunctionalInterface
  public interface Function {
    Var of(List<Var> x);
  }

  private GradCheck() {}

  /**
   * The largest disagreement over orders 1 … {@code order}, relative to 1 + the norm of all
   * gradients.
   */
  public static double error(Function f, int order, Rng rng, Tensor... x) {
    List<Var> leaves = Arrays.stream(x).map(Var::leaf).toList();
    Var y = f.of(leaves);
    Tensor v = Tensor.gaussian(y.shape(), rng.at("v"));
    List<Tensor> u = new ArrayList<>();
    List<Tensor> up = new ArrayList<>();
    List<Tensor> down = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      Tensor ui = Tensor.gaussian(x[i].shape(), rng.at("u").at(i));
      u.add(ui);
      up.add(x[i].add(ui.mul(H / 2)));
      down.add(x[i].sub(ui.mul(H / 2)));
    }
    double numeric = (at(f, up).dot(v) - at(f, down).dot(v)) / H;
    List<Var> g = Grad.pullback(y, Var.constant(v), leaves.toArray(Var[]::new));
    double analytic = 0;
    double scale = 1;
    for (int i = 0; i < x.length; i++) {
      analytic += g.get(i).value().dot(u.get(i));
      scale += Math.sqrt(g.get(i).value().dot(g.get(i).value()));
    }
    double error = Math.abs(numeric - analytic) / scale;
    if (order > 1) {
      Function gradient =
          z -> {
            List<Var> parts =
                Grad.pullback(f.of(z), Var.constant(v), z.toArray(Var[]::new)).stream()
                    .map(p -> p.reshape(p.size()))
                    .toList();
            return Var.concat(0, parts.toArray(Var[]::new));
          };
      error = Math.max(error, error(gradient, order - 1, rng.at("order"), x));
    }
    return error;
  }

  private static Tensor at(Function f, List<Tensor> x) {
    return f.of(x.stream().map(Var::leaf).toList()).value(); // leaves: f may take gradients
  }
}
