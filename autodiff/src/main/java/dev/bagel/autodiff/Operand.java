package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Span;

/** Where an operation finds an argument or leaves its result: memory, seen in a shape. */
public record Operand(Shape shape, Span span) {}
