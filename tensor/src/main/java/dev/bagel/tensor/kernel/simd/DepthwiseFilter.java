package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The filter gradient where every group reads one channel: {@code w̄[o, t] = Σ_pixels ȳ[o, pixel] ·
 * x[channel of o, pixel + tap t]}.
 *
 * <p>An output has too few taps for a tile of {@link FilterGradient}. Here the lanes are outputs of
 * different groups: x and ȳ are both turned over, so that the channels of a pixel are neighbours.
 */
final class DepthwiseFilter implements Kernel {
  private static final int TASKS = 16;

  private final Conv g;
  private final Span x;
  private final Span dy;
  private final Span dw;
  private final int taps;
  private final int taps8;
  private final int pixels;
  private final int planeH;
  private final int planeW;
  private final int blocks; // of L outputs
  private final int chunks;
  private final int perChunk; // images
  private final int[] tap; // times L, as a pixel has L channels
  private final int[] pixel;
  private final float[] sums; // [chunk][block][tap][L]
  private final Parallel.Body task = this::task;
  private final Parallel.Body finish = this::finish;

  DepthwiseFilter(Conv g, Span x, Span dy, Span dw) {
    this.g = g;
    this.x = x;
    this.dy = dy;
    this.dw = dw;
    taps = g.kh() * g.kw();
    taps8 = up(taps, 8);
    pixels = g.oh() * g.ow();
    planeH = g.top() + g.h() + g.bottom();
    planeW = g.left() + g.w() + g.right();
    blocks = pieces(g.o(), L);
    perChunk = Math.max(1, pieces(g.n(), pieces(TASKS, Math.max(1, blocks))));
    chunks = Math.max(1, pieces(g.n(), perChunk));
    tap = new int[taps8];
    for (int t = 0; t < taps8; t++) {
      int last = Math.min(t, taps - 1);
      tap[t] = (last / g.kw() * g.dilationY() * planeW + last % g.kw() * g.dilationX()) * L;
    }
    pixel = new int[pixels];
    for (int k = 0; k < pixels; k++) {
      pixel[k] = (k / g.ow() * g.strideY() * planeW + k % g.ow() * g.strideX()) * L;
    }
    sums = new float[chunks * blocks * taps8 * L];
  }

  @Override
  public void run() {
    Parallel.run(chunks * blocks, task);
    Parallel.run(blocks, finish);
  }

  private void task(int grain) {
    int block = grain % blocks;
    int chunk = grain / blocks;
    int sum = grain * taps8 * L;
    int plane = planeH * planeW * L;
    float[] s = Scratch.floats(plane + pixels * L);
    Arrays.fill(s, 0, plane, 0);
    Arrays.fill(sums, sum, sum + taps8 * L, 0);
    int outputs = Math.min(L, g.o() - block * L);
    int end = Math.min(g.n(), (chunk + 1) * perChunk);
    for (int image = chunk * perChunk; image < end; image++) {
      int from = dy.offset() + (image * g.o() + block * L) * pixels;
      for (int o = 0; o < L; o += 8) {
        int some = Math.max(0, Math.min(8, outputs - o));
        Lanes.interleave(dy.array(), from + o * pixels, pixels, some, 8, pixels, s, plane + o, L);
      }
      load(s, image, block * L, outputs);
      for (int t = 0; t < taps8; t += 8) {
        add(pixels, s, tap, t, pixel, plane, sums, sum + t * L);
      }
    }
  }

  /** The channels that a block of outputs reads, side by side; the zeros around them stay. */
  private void load(float[] s, int image, int first, int outputs) {
    float[] a = x.array();
    for (int o = 0; o < outputs; o++) {
      int channel = (first + o) / g.groupO();
      int from = x.offset() + (image * g.c() + channel) * g.h() * g.w();
      for (int r = 0; r < g.h(); r++) {
        int to = ((g.top() + r) * planeW + g.left()) * L + o;
        for (int q = 0; q < g.w(); q++) {
          s[to + q * L] = a[from + r * g.w() + q];
        }
      }
    }
  }

  /** Adds to eight taps' sums: {@code c[r] += Σ_k x[tap[r] + pixel[k]] · y[k]}, lane by lane. */
  private static void add(
      int n, float[] x, int[] tap, int t, int[] pixel, int yo, float[] c, int co) {
    int i0 = tap[t];
    int i1 = tap[t + 1];
    int i2 = tap[t + 2];
    int i3 = tap[t + 3];
    int i4 = tap[t + 4];
    int i5 = tap[t + 5];
    int i6 = tap[t + 6];
    int i7 = tap[t + 7];
    FloatVector c0 = FloatVector.fromArray(F, c, co);
    FloatVector c1 = FloatVector.fromArray(F, c, co + L);
    FloatVector c2 = FloatVector.fromArray(F, c, co + 2 * L);
    FloatVector c3 = FloatVector.fromArray(F, c, co + 3 * L);
    FloatVector c4 = FloatVector.fromArray(F, c, co + 4 * L);
    FloatVector c5 = FloatVector.fromArray(F, c, co + 5 * L);
    FloatVector c6 = FloatVector.fromArray(F, c, co + 6 * L);
    FloatVector c7 = FloatVector.fromArray(F, c, co + 7 * L);
    for (int k = 0; k < n; k++) {
      FloatVector y = FloatVector.fromArray(F, x, yo + k * L);
      int i = pixel[k];
      c0 = FloatVector.fromArray(F, x, i0 + i).fma(y, c0);
      c1 = FloatVector.fromArray(F, x, i1 + i).fma(y, c1);
      c2 = FloatVector.fromArray(F, x, i2 + i).fma(y, c2);
      c3 = FloatVector.fromArray(F, x, i3 + i).fma(y, c3);
      c4 = FloatVector.fromArray(F, x, i4 + i).fma(y, c4);
      c5 = FloatVector.fromArray(F, x, i5 + i).fma(y, c5);
      c6 = FloatVector.fromArray(F, x, i6 + i).fma(y, c6);
      c7 = FloatVector.fromArray(F, x, i7 + i).fma(y, c7);
    }
    c0.intoArray(c, co);
    c1.intoArray(c, co + L);
    c2.intoArray(c, co + 2 * L);
    c3.intoArray(c, co + 3 * L);
    c4.intoArray(c, co + 4 * L);
    c5.intoArray(c, co + 5 * L);
    c6.intoArray(c, co + 6 * L);
    c7.intoArray(c, co + 7 * L);
  }

  /** Adds up the chunks, in order. */
  private void finish(int block) {
    for (int o = 0; o < Math.min(L, g.o() - block * L); o++) {
      for (int t = 0; t < taps; t++) {
        float sum = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
          sum += sums[((chunk * blocks + block) * taps8 + t) * L + o];
        }
        dw.array()[dw.offset() + (block * L + o) * taps + t] = sum;
      }
    }
  }
}
