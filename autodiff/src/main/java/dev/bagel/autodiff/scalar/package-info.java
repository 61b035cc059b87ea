/**
 * Chapter one: automatic differentiation of single numbers, in {@link
 * dev.bagel.autodiff.scalar.Value}.
 *
 * <p>Everything that {@link dev.bagel.autodiff.Var} does is here in a hundred lines of {@code
 * double}: remembering what was computed from what, and walking it backwards. It is also the
 * independent oracle of the engine's tests, which evaluate random expressions with both.
 */
package dev.bagel.autodiff.scalar;
