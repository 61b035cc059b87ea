package dev.bagel.bench.work;

import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Window;
import java.util.function.IntToDoubleFunction;

/**
 * Single elements of what kernels compute, by the definition and in double: slow, and right. The
 * argument is the element's place in the flat result.
 */
final class Exact {
  private Exact() {}

  /** Σₖ aᵢₖ bₖⱼ of square matrices. */
  static IntToDoubleFunction matMul(int n, Tensor a, Tensor b) {
    return place -> {
      int i = place / n;
      int j = place % n;
      double sum = 0;
      for (int k = 0; k < n; k++) {
        sum += (double) a.get(i * n + k) * b.get(k * n + j);
      }
      return sum;
    };
  }

  /** Σ x[n, c, r + u − p, q + v − p] w[o, c, u, v] over c, u and v. */
  static IntToDoubleFunction conv(Conv g, Tensor x, Tensor w) {
    return place -> {
      int[] y = places(place, g.output().toArray());
      double sum = 0;
      for (int c = 0; c < g.c(); c++) {
        for (int u = 0; u < g.kh(); u++) {
          for (int v = 0; v < g.kw(); v++) {
            int row = y[2] + u - g.top();
            int column = y[3] + v - g.left();
            sum += at(x, g.h(), g.w(), y[0] * g.c() + c, row, column) * filter(g, w, y[1], c, u, v);
          }
        }
      }
      return sum;
    };
  }

  /** Σ ȳ[n, o, r − u + p, q − v + p] w[o, c, u, v] over o, u and v. */
  static IntToDoubleFunction convInput(Conv g, Tensor dy, Tensor w) {
    return place -> {
      int[] x = places(place, g.input().toArray());
      double sum = 0;
      for (int o = 0; o < g.o(); o++) {
        for (int u = 0; u < g.kh(); u++) {
          for (int v = 0; v < g.kw(); v++) {
            int row = x[2] - u + g.top();
            int column = x[3] - v + g.left();
            sum +=
                at(dy, g.oh(), g.ow(), x[0] * g.o() + o, row, column) * filter(g, w, o, x[1], u, v);
          }
        }
      }
      return sum;
    };
  }

  /** Σ x[n, c, r + u − p, q + v − p] ȳ[n, o, r, q] over n, r and q. */
  static IntToDoubleFunction convFilter(Conv g, Tensor x, Tensor dy) {
    return place -> {
      int[] w = places(place, g.filters().toArray());
      double sum = 0;
      for (int n = 0; n < g.n(); n++) {
        for (int r = 0; r < g.oh(); r++) {
          for (int q = 0; q < g.ow(); q++) {
            int row = r + w[2] - g.top();
            int column = q + w[3] - g.left();
            sum +=
                at(x, g.h(), g.w(), n * g.c() + w[1], row, column)
                    * at(dy, g.oh(), g.ow(), n * g.o() + w[0], r, q);
          }
        }
      }
      return sum;
    };
  }

  /** The largest x of a window; windows do not overlap. */
  static IntToDoubleFunction maxPool(Window g, Tensor x) {
    return place -> x.get(largest(g, x, place));
  }

  /** ȳ of the window that an element is in, where it is the largest of it. */
  static IntToDoubleFunction maxUnpool(Window g, Tensor x, Tensor dy) {
    return place -> {
      int row = place / g.w() % g.h() / g.strideY();
      int column = place % g.w() / g.strideX();
      int window = (place / (g.h() * g.w()) * g.oh() + row) * g.ow() + column;
      return largest(g, x, window) == place ? dy.get(window) : 0;
    };
  }

  /** Where the largest element of a window is. */
  private static int largest(Window g, Tensor x, int window) {
    int plane = window / (g.oh() * g.ow()) * g.h();
    int row = window / g.ow() % g.oh() * g.strideY();
    int column = window % g.ow() * g.strideX();
    int best = (plane + row) * g.w() + column;
    for (int u = 0; u < g.kh(); u++) {
      for (int v = 0; v < g.kw(); v++) {
        int place = (plane + row + u) * g.w() + column + v;
        best = x.get(place) > x.get(best) ? place : best;
      }
    }
    return best;
  }

  /** An element of a plane, 0 outside it. */
  private static double at(Tensor t, int h, int w, int plane, int row, int column) {
    boolean inside = row >= 0 && row < h && column >= 0 && column < w;
    return inside ? t.get((plane * h + row) * w + column) : 0;
  }

  private static double filter(Conv g, Tensor w, int o, int c, int u, int v) {
    return w.get(((o * g.c() + c) * g.kh() + u) * g.kw() + v);
  }

  /** The place along each axis. */
  private static int[] places(int flat, int[] dims) {
    int[] places = new int[dims.length];
    int rest = flat;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      places[axis] = rest % dims[axis];
      rest /= dims[axis];
    }
    return places;
  }
}
