package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Functions of one real number. */
final class Activations {
  private Activations() {}

  static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          plain("Relu", Var::relu),
          plain("Sigmoid", Var::sigmoid),
          plain("Tanh", Var::tanh),
          plain("Exp", Var::exp),
          plain("Log", Var::log),
          plain("Sqrt", Var::sqrt),
          plain("Reciprocal", x -> Var.constant(1f).div(x)),
          plain("Floor", Var::floor),
          plain("Ceil", x -> x.neg().floor().neg()),
          plain("Round", Activations::round),
          plain("Sin", Var::sin),
          plain("Cos", Var::cos),
          plain("Tan", x -> x.sin().div(x.cos())),
          plain("Asin", x -> map("asin", Math::asin, v -> inverseRoot(v.square().neg().add(1)), x)),
          plain(
              "Acos",
              x -> map("acos", Math::acos, v -> inverseRoot(v.square().neg().add(1)).neg(), x)),
          plain("Atan", x -> map("atan", Math::atan, v -> reciprocal(v.square().add(1)), x)),
          plain("Sinh", x -> x.expm1().sub(x.neg().expm1()).mul(0.5f)),
          plain("Cosh", x -> x.exp().add(x.neg().exp()).mul(0.5f)),
          plain("Asinh", Activations::asinh),
          plain("Acosh", x -> x.add(x.square().sub(1).sqrt()).log()),
          plain("Atanh", x -> x.log1p().sub(x.neg().log1p()).mul(0.5f)),
          plain("Erf", Var::erf),
          plain("Softplus", Var::softplus),
          plain("Softsign", x -> x.div(x.abs().add(1))),
          plain("HardSwish", x -> x.mul(hardSigmoid(x, 1f / 6, 0.5f))),
          plain("Mish", x -> x.mul(x.softplus().tanh())),
          Map.entry("IsInf", c -> List.of(Value.of(Element.BOOL, isInfinite(c)))),
          Map.entry("IsNaN", c -> List.of(Value.of(Element.BOOL, isNan(c.var(0))))),
          Map.entry("LeakyRelu", of((c, x) -> Fn.leakyRelu(x, alpha(c, 0.01f)))),
          Map.entry("PRelu", of((c, x) -> x.step().where(x, x.mul(slope(c))))),
          Map.entry("Elu", of((c, x) -> Fn.elu(x, alpha(c, 1)))),
          Map.entry("Celu", of(Activations::celu)),
          Map.entry("Selu", of(Activations::selu)),
          Map.entry("ThresholdedRelu", of((c, x) -> x.sub(alpha(c, 1)).step().where(x, 0))),
          Map.entry(
              "HardSigmoid",
              of((c, x) -> hardSigmoid(x, alpha(c, 0.2f), c.attributes().real("beta", 0.5f)))),
          Map.entry("Swish", of((c, x) -> x.mul(x.mul(alpha(c, 1)).sigmoid()))),
          Map.entry("Gelu", of(Activations::gelu)),
          Map.entry("Shrink", of(Activations::shrink)),
          Map.entry("Clip", of(Activations::clip)));

  private interface Rule {
    Var of(Call c, Var x);
  }

  private static Operator of(Rule f) {
    return Operator.one(c -> f.of(c, c.var(0)));
  }

  private static Map.Entry<String, Operator> plain(String name, UnaryOperator<Var> f) {
    return Map.entry(name, Operator.one(c -> f.apply(c.var(0))));
  }

  private static float alpha(Call c, float otherwise) {
    return c.attributes().real("alpha", otherwise);
  }

  // ---- piecewise ------------------------------------------------------------------------------

  /** Until version 6 a list of slopes belonged to the channels. */
  private static Var slope(Call c) {
    Var slope = c.var(1);
    int rank = c.shape(0).rank();
    return c.opset() < 7 && slope.shape().rank() == 1 && rank > 2 && slope.size() > 1
        ? slope.reshape(Shape.of(slope.size()).concat(Shape.of(Attributes.repeated(rank - 2, 1))))
        : slope;
  }

  /** max(0, x) + min(0, α (e^(x/α) − 1)). */
  private static Var celu(Call c, Var x) {
    float alpha = alpha(c, 1);
    return x.relu().add(x.min(0).mul(1 / alpha).expm1().mul(alpha));
  }

  private static Var selu(Call c, Var x) {
    float gamma = c.attributes().real("gamma", 1.050701f);
    return Fn.elu(x, alpha(c, 1.6732632f)).mul(gamma);
  }

  private static Var hardSigmoid(Var x, float alpha, float beta) {
    return x.mul(alpha).add(beta).clamp(0, 1);
  }

  /** x − bias above λ, x + bias below −λ, else 0. */
  private static Var shrink(Call c, Var x) {
    float lambda = c.attributes().real("lambd", 0.5f);
    float bias = c.attributes().real("bias", 0);
    Var above = x.sub(lambda).step();
    Var below = x.neg().sub(lambda).step();
    return above.where(x.sub(bias), below.where(x.add(bias), 0));
  }

  /** Bounds were attributes until version 10, and are inputs since. */
  private static Var clip(Call c, Var x) {
    Var y = x;
    if (c.has(1) || c.attributes().has("min")) {
      y = y.max(c.optional(1).orElseGet(() -> Var.constant(c.attributes().real("min", 0))));
    }
    if (c.has(2) || c.attributes().has("max")) {
      y = y.min(c.optional(2).orElseGet(() -> Var.constant(c.attributes().real("max", 0))));
    }
    return y;
  }

  /** The nearest whole number, and the even one of two; flat. */
  private static Var round(Var x) {
    Var down = x.floor();
    Var odd = down.sub(down.mul(0.5f).floor().mul(2));
    Var rest = x.sub(down);
    Var half = Var.constant(0.5f);
    return down.add(rest.sub(half).step().max(rest.atLeast(half).mul(odd)));
  }

  // ---- smooth ---------------------------------------------------------------------------------

  /** x Φ(x), or its approximation by tanh: Hendrycks and Gimpel 2016. */
  private static Var gelu(Call c, Var x) {
    return switch (c.attributes().text("approximate", "none")) {
      case "none" -> Fn.gelu(x);
      case "tanh" -> {
        Var inner = x.add(x.square().mul(x).mul(0.044715f)).mul((float) Math.sqrt(2 / Math.PI));
        yield x.mul(0.5f).mul(inner.tanh().add(1));
      }
      default -> throw c.unknown("approximate");
    };
  }

  /** sign(x) · log(|x| + √(x² + 1)), which cancels nothing. */
  private static Var asinh(Var x) {
    Var a = x.abs();
    return x.sign().mul(a.add(a.square().add(1).sqrt()).log());
  }

  private static Var isInfinite(Call c) {
    Var infinity = Var.constant(Float.POSITIVE_INFINITY);
    Var no = Var.constant(0f).broadcastTo(c.shape(0));
    boolean above = c.attributes().number("detect_positive", 1) != 0;
    boolean below = c.attributes().number("detect_negative", 1) != 0;
    return (above ? c.var(0).atLeast(infinity) : no)
        .max(below ? c.var(0).neg().atLeast(infinity) : no);
  }

  /** Not a number is not even as large as itself. */
  private static Var isNan(Var x) {
    return x.atLeast(x).neg().add(1);
  }

  private static Var reciprocal(Var x) {
    return Var.constant(1f).div(x);
  }

  private static Var inverseRoot(Var x) {
    return reciprocal(x.sqrt());
  }

  /** A function that no kernel has, with its derivative. */
  private static Var map(String name, DoubleUnaryOperator f, UnaryOperator<Var> derivative, Var x) {
    Custom function =
        new Custom(
            name,
            s -> s.get(0),
            values -> {
              float[] y = values.get(0).toArray();
              for (int i = 0; i < y.length; i++) {
                y[i] = (float) f.applyAsDouble(y[i]);
              }
              return Tensor.wrap(values.get(0).shape(), y);
            },
            (i, g, in, y) -> g.mul(derivative.apply(in.get(0))));
    return function.of(x);
  }
}
