package dev.bagel.tensor.kernel;

/** The elementwise functions of two arguments that have a loop of their own. */
public enum Binary {
  ADD,
  SUB,
  MUL,
  DIV,
  MAX,
  MIN,
  /** aᵇ, as {@link Math#pow}. */
  POW,
  /** 1 where a ≥ b, else 0. */
  GREATER_EQUAL
}
