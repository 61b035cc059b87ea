package dev.bagel.tensor.kernel.simd;

import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Span;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An operand in the order in which a kernel reads it.
 *
 * <p>One that changes between runs is prepared in every run. One that is fixed is prepared once,
 * and shared by every kernel that reads it in the same order: plans for other batch sizes, and
 * those of other threads. What is shared lives as long as the operand does.
 */
final class Prepared {
  private static final Map<float[], Map<Key, float[]>> SHARED =
      Collections.synchronizedMap(new WeakHashMap<>()); // arrays are equal only to themselves

  private record Key(int offset, int length, Object order) {}

  /** Writes one piece of a prepared operand. */
  @FunctionalInterface
  interface Writer {
    void write(float[] to, int grain);
  }

  private final Span operand;
  private final Key key;
  private final int size;
  private final int grains;
  private final Parallel.Body piece;
  private float[] prepared;

  /**
   * @param order what tells this order from others, such as a record of all that it depends on
   * @param size floats of the prepared operand
   * @param grains pieces that it is written in, in parallel
   */
  Prepared(Span operand, Object order, int size, int grains, Writer writer) {
    this.operand = operand;
    this.key = new Key(operand.offset(), operand.length(), order);
    this.size = size;
    this.grains = grains;
    this.piece = grain -> writer.write(prepared, grain);
  }

  /** The operand as it is in this run. */
  float[] now() {
    if (prepared == null && operand.fixed()) {
      prepared =
          SHARED
              .computeIfAbsent(operand.array(), a -> new ConcurrentHashMap<>())
              .computeIfAbsent(key, k -> write());
    } else if (!operand.fixed()) {
      write();
    }
    return prepared;
  }

  private float[] write() {
    if (prepared == null) {
      prepared = new float[size];
    }
    Parallel.run(grains, piece);
    return prepared;
  }
}
