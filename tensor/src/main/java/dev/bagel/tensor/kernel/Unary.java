package dev.bagel.tensor.kernel;

/** The elementwise functions of one argument that have a loop of their own. */
public enum Unary {
  /** x, copied. */
  IDENTITY,
  NEG,
  ABS,
  /** −1, 0 or 1. */
  SIGN,
  /** 1 where x &gt; 0, else 0. */
  STEP,
  /** max(x, 0). */
  RELU,
  FLOOR,
  EXP,
  /** eˣ − 1, exact near 0. */
  EXPM1,
  LOG,
  /** log(1 + x), exact near 0. */
  LOG1P,
  SQRT,
  SIN,
  COS,
  TANH,
  /** 1 / (1 + e⁻ˣ). */
  SIGMOID,
  /** log(1 + eˣ), without overflow. */
  SOFTPLUS,
  /** 2/√π ∫₀ˣ e^(−t²) dt. */
  ERF
}
