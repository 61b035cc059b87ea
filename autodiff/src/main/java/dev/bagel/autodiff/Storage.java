package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Span;

/** A place for elements: in a plan's arena from one step to another, or outside for good. */
final class Storage {
  final int size;

  /** Constants and cells: where they are. Null for what lives in the arena. */
  Span outside;

  int lastStep = -1;
  int offset = -1;

  Storage(int size) {
    this.size = size;
  }

  void usedAt(int step) {
    lastStep = Math.max(lastStep, step);
  }

  /** Whether two storages are the same elements; two leaves may stand for one cell. */
  boolean isSameAs(Storage that) {
    return this == that
        || (outside != null && that.outside != null && outside.array() == that.outside.array());
  }

  Span span(float[] arena) {
    return outside != null ? outside : new Span(arena, offset, size, false);
  }
}
