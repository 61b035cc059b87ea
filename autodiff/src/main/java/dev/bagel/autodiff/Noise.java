package dev.bagel.autodiff;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.util.List;

/**
 * Random numbers as a pure function of a key, so that a plan draws fresh ones whenever its key is
 * fresh, and the same ones for the same key. A key [4] is one stream for all elements; keys [N, 4]
 * are one stream for each place of the first axis, so that what an example gets does not depend on
 * the batch that it is in. Flat.
 *
 * @param of what is drawn
 * @param purpose tells apart the draws that share a key: the name of a layer, say
 * @param to the shape of what is drawn
 */
public record Noise(Of of, String purpose, Shape to) implements Op {
  /** A distribution. */
  public enum Of {
    /** Uniform in [0, 1). */
    UNIFORM,
    /** Standard normal. */
    GAUSSIAN
  }

  private static final int GRAIN = 4096;

  /** The key of a stream as four 16-bit numbers, which floats hold exactly: [4]. */
  static Tensor key(Rng rng) {
    float[] k = new float[4];
    for (int i = 0; i < 4; i++) {
      k[i] = (rng.key() >>> (16 * i)) & 0xFFFF;
    }
    return Tensor.wrap(Shape.of(4), k);
  }

  private static Rng rng(Operand key, int row) {
    long k = 0;
    for (int i = 3; i >= 0; i--) {
      k = (k << 16) | (long) key.span().array()[key.span().offset() + 4 * row + i];
    }
    return new Rng(k);
  }

  @Override
  public Shape shape(List<Shape> x) {
    Shape key = x.get(0);
    boolean each = key.rank() == 2 && to.rank() > 0 && key.equals(Shape.of(to.dim(0), 4));
    if (!each && !key.equals(Shape.of(4))) {
      throw new ShapeException("noise %s: a key [4] or [N, 4] is needed, not %s", to, key);
    }
    return to;
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    float[] out = y.span().array();
    int offset = y.span().offset();
    int streams = Math.max(1, x.get(0).shape().size() / 4);
    int length = to.size() / streams;
    int grains = (length + GRAIN - 1) / GRAIN;
    long tag = Rng.tag(purpose);
    Parallel.Body body =
        task -> {
          int stream = task / grains;
          int from = task % grains * GRAIN;
          Rng rng = rng(x.get(0), stream).at(tag);
          for (int i = from; i < Math.min(length, from + GRAIN); i++) {
            out[offset + stream * length + i] = of == Of.UNIFORM ? rng.uniform(i) : rng.gaussian(i);
          }
        };
    return () -> Parallel.run(streams * grains, body);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
