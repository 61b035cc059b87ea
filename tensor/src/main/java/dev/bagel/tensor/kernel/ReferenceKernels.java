package dev.bagel.tensor.kernel;

import java.util.Arrays;

/**
 * The reference: plain loops, one per kernel, written to be read and to be right.
 *
 * <p>There is one loop per function and never a shared loop over a lambda: a lambda would be a
 * megamorphic call for every element, thirty to fifty times slower (measured).
 */
public final class ReferenceKernels implements Kernels {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    switch (f) {
      case IDENTITY -> System.arraycopy(x, xo, y, yo, n);
      case NEG -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = -x[xo + i];
        }
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.abs(x[xo + i]);
        }
      }
      case SIGN -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.signum(x[xo + i]);
        }
      }
      case STEP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = x[xo + i] > 0 ? 1 : 0;
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(x[xo + i], 0);
        }
      }
      case FLOOR -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) Math.floor(x[xo + i]);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) of(f, x[xo + i]);
        }
      }
    }
  }

  /** The functions that cost so much that a call for every element does not matter. */
  private static double of(Unary f, double x) {
    return switch (f) {
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ERF -> Erf.of(x);
      default -> throw new IllegalArgumentException(f + " has a loop of its own");
    };
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    switch (f) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] + b[bo + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] - b[bo + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] * b[bo + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] / b[bo + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.min(a[ao + i], b[bo + i]);
        }
      }
      case POW -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) Math.pow(a[ao + i], b[bo + i]);
        }
      }
      case GREATER_EQUAL -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] >= b[bo + i] ? 1 : 0;
        }
      }
    }
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = m[mo + i] != 0 ? a[ao + i] : b[bo + i];
    }
  }

  @Override
  public double sum(float[] x, int xo, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xo + i];
    }
    return sum;
  }

  @Override
  public float max(float[] x, int xo, int n) {
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      best = Math.max(best, x[xo + i]);
    }
    return best;
  }

  /**
   * Row i of every product is one task; it adds up rows of B, scaled by the elements of A's row.
   */
  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    int aRow = g.transA() ? 1 : g.k();
    int aColumn = g.transA() ? g.m() : 1;
    Parallel.Body row =
        task -> {
          int i = task % g.m();
          int p = task / g.m();
          int at = c.offset() + task * g.n();
          int from = a.offset() + p * g.strideA() + i * aRow;
          int rows = b.offset() + p * g.strideB();
          if (g.transB()) {
            for (int j = 0; j < g.n(); j++) {
              c.array()[at + j] =
                  (float) dot(g.k(), a.array(), from, aColumn, b.array(), rows + j * g.k());
            }
            return;
          }
          Arrays.fill(c.array(), at, at + g.n(), 0);
          for (int l = 0; l < g.k(); l++) {
            axpy(g.n(), a.array()[from + l * aColumn], b.array(), rows + l * g.n(), c.array(), at);
          }
        };
    return then.after(() -> Parallel.run(g.batch() * g.m(), row), c.length());
  }

  private static double dot(int n, float[] a, int ao, int step, float[] b, int bo) {
    double sum = 0;
    for (int l = 0; l < n; l++) {
      sum += (double) a[ao + l * step] * b[bo + l];
    }
    return sum;
  }

  /** y += α·x. */
  private static void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    for (int j = 0; j < n; j++) {
      y[yo + j] += alpha * x[xo + j];
    }
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    int oh = g.oh();
    int ow = g.ow();
    Parallel.Body plane =
        task -> {
          int image = task / g.o();
          int o = task % g.o();
          for (int r = 0; r < oh; r++) {
            for (int q = 0; q < ow; q++) {
              double sum = 0;
              for (int c = 0; c < g.groupC(); c++) {
                int channel = o / g.groupO() * g.groupC() + c;
                for (int u = 0; u < g.kh(); u++) {
                  int row = r * g.strideY() + u * g.dilationY() - g.top();
                  for (int v = 0; v < g.kw() && row >= 0 && row < g.h(); v++) {
                    int column = q * g.strideX() + v * g.dilationX() - g.left();
                    if (column >= 0 && column < g.w()) {
                      sum +=
                          (double) x.array()[x.offset() + at(g, image, channel, row, column)]
                              * w.array()[w.offset() + tap(g, o, c, u, v)];
                    }
                  }
                }
              }
              y.array()[y.offset() + (task * oh + r) * ow + q] = (float) sum;
            }
          }
        };
    return then.after(() -> Parallel.run(g.n() * g.o(), plane), y.length());
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    int oh = g.oh();
    int ow = g.ow();
    Parallel.Body plane =
        task -> { // every output pixel throws its gradient back on what it was computed from
          int image = task / g.c();
          int channel = task % g.c();
          int group = channel / g.groupC();
          int to = dx.offset() + task * g.h() * g.w();
          Arrays.fill(dx.array(), to, to + g.h() * g.w(), 0);
          for (int o = group * g.groupO(); o < (group + 1) * g.groupO(); o++) {
            for (int r = 0; r < oh; r++) {
              for (int q = 0; q < ow; q++) {
                float d = dy.array()[dy.offset() + ((image * g.o() + o) * oh + r) * ow + q];
                for (int u = 0; u < g.kh(); u++) {
                  int row = r * g.strideY() + u * g.dilationY() - g.top();
                  for (int v = 0; v < g.kw() && row >= 0 && row < g.h(); v++) {
                    int column = q * g.strideX() + v * g.dilationX() - g.left();
                    if (column >= 0 && column < g.w()) {
                      int k = tap(g, o, channel % g.groupC(), u, v);
                      dx.array()[to + row * g.w() + column] += d * w.array()[w.offset() + k];
                    }
                  }
                }
              }
            }
          }
        };
    return then.after(() -> Parallel.run(g.n() * g.c(), plane), dx.length());
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    int oh = g.oh();
    int ow = g.ow();
    Parallel.Body filter =
        o -> {
          for (int c = 0; c < g.groupC(); c++) {
            int channel = o / g.groupO() * g.groupC() + c;
            for (int u = 0; u < g.kh(); u++) {
              for (int v = 0; v < g.kw(); v++) {
                double sum = 0;
                for (int image = 0; image < g.n(); image++) {
                  for (int r = 0; r < oh; r++) {
                    int row = r * g.strideY() + u * g.dilationY() - g.top();
                    for (int q = 0; q < ow && row >= 0 && row < g.h(); q++) {
                      int column = q * g.strideX() + v * g.dilationX() - g.left();
                      if (column >= 0 && column < g.w()) {
                        sum +=
                            (double) x.array()[x.offset() + at(g, image, channel, row, column)]
                                * dy.array()[dy.offset() + ((image * g.o() + o) * oh + r) * ow + q];
                      }
                    }
                  }
                }
                dw.array()[dw.offset() + tap(g, o, c, u, v)] = (float) sum;
              }
            }
          }
        };
    return () -> Parallel.run(g.o(), filter);
  }

  /** Index of an input pixel in [N, C, H, W]. */
  private static int at(Conv g, int image, int channel, int row, int column) {
    return ((image * g.c() + channel) * g.h() + row) * g.w() + column;
  }

  /** Index of a filter's tap in [O, C/G, KH, KW]. */
  private static int tap(Conv g, int o, int c, int u, int v) {
    return ((o * g.groupC() + c) * g.kh() + u) * g.kw() + v;
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    Parallel.Body plane =
        task -> {
          int in = task * g.h() * g.w();
          int out = y.offset() + task * g.oh() * g.ow();
          for (int r = 0; r < g.oh(); r++) {
            for (int q = 0; q < g.ow(); q++) {
              int best = argmax(g, selector.array(), selector.offset() + in, r, q);
              y.array()[out++] = u.array()[u.offset() + in + best];
            }
          }
        };
    return () -> Parallel.run(g.n() * g.c(), plane);
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    Parallel.Body plane =
        task -> {
          int in = task * g.h() * g.w();
          int out = y.offset() + task * g.oh() * g.ow();
          Arrays.fill(x.array(), x.offset() + in, x.offset() + in + g.h() * g.w(), 0);
          for (int r = 0; r < g.oh(); r++) {
            for (int q = 0; q < g.ow(); q++) {
              int best = argmax(g, selector.array(), selector.offset() + in, r, q);
              x.array()[x.offset() + in + best] += y.array()[out++];
            }
          }
        };
    return then.after(() -> Parallel.run(g.n() * g.c(), plane), x.length());
  }

  /** Index within its plane of the first largest element of window (r, q). */
  private static int argmax(Window g, float[] s, int plane, int r, int q) {
    int best = g.rowFrom(r) * g.w() + g.columnFrom(q);
    for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
      for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
        if (Float.compare(s[plane + row * g.w() + column], s[plane + best]) > 0
            && s[plane + row * g.w() + column] != s[plane + best]) { // −0 is not below 0
          best = row * g.w() + column;
        }
      }
    }
    return best;
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    Parallel.Body plane =
        task -> {
          int in = x.offset() + task * g.h() * g.w();
          int out = y.offset() + task * g.oh() * g.ow();
          for (int r = 0; r < g.oh(); r++) {
            for (int q = 0; q < g.ow(); q++) {
              double sum = 0;
              for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
                for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
                  sum += x.array()[in + row * g.w() + column];
                }
              }
              y.array()[out++] = (float) (sum / g.cells(r, q));
            }
          }
        };
    return () -> Parallel.run(g.n() * g.c(), plane);
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    Parallel.Body plane =
        task -> {
          int in = x.offset() + task * g.h() * g.w();
          int out = y.offset() + task * g.oh() * g.ow();
          Arrays.fill(x.array(), in, in + g.h() * g.w(), 0);
          for (int r = 0; r < g.oh(); r++) {
            for (int q = 0; q < g.ow(); q++) {
              float share = y.array()[out++] / g.cells(r, q);
              for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
                for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
                  x.array()[in + row * g.w() + column] += share;
                }
              }
            }
          }
        };
    return () -> Parallel.run(g.n() * g.c(), plane);
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    Parallel.Body some =
        grain -> {
          for (int r = grain * 64; r < Math.min(rows, (grain + 1) * 64); r++) {
            int from = x.offset() + r * k;
            int to = y.offset() + r * k;
            double shift = max(x.array(), from, k); // exp cannot overflow
            double sum = 0;
            for (int j = 0; j < k; j++) {
              sum += Math.exp(x.array()[from + j] - shift);
            }
            double logSum = shift + Math.log(sum);
            for (int j = 0; j < k; j++) {
              y.array()[to + j] = (float) (x.array()[from + j] - logSum);
            }
          }
        };
    return () -> Parallel.run((rows + 63) / 64, some);
  }
}
