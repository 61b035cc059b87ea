package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;

/**
 * The gradient of a convolution in its filters: {@code w̄[o, t] = Σ_pixels ȳ[o, pixel] · x[pixel +
 * tap t]}, the sum over all pixels of all images.
 *
 * <p>It is {@link Tile#rows} with taps for rows, pixels for k and outputs for columns: the element
 * of x that row t needs for pixel k lies at {@code tap[t] + pixel[k]}, whatever stride and dilation
 * are. Only ȳ has to be turned over, so that the outputs of a pixel are neighbours, and x padded
 * with zeros. Images fall into a number of chunks that depends on the geometry alone; each chunk
 * has its own sum and the sums are added in order.
 */
final class FilterGradient implements Kernel {
  /** Pixels for which ȳ is turned over at a time: 256 × 32 floats stay in the first-level cache. */
  private static final int PIXELS = 256;

  /** Tasks that the work is cut into, where it can be. */
  private static final int TASKS = 16;

  /** Floats that the sums of all chunks may take, beyond the first. */
  private static final int SUMS = 1 << 20;

  private static final int NR = Tile.COLUMNS;
  private static final int MR = Tile.ROWS;

  private final Conv g;
  private final Span x;
  private final Span dy;
  private final Span dw;
  private final int taps; // of a filter, over all channels of a group
  private final int taps8; // rounded up to whole tiles
  private final int pixels; // of one image of ȳ
  private final int outputs; // of a group, rounded up to whole tiles
  private final boolean padded;
  private final int planeH; // of the planes of x that taps are read from
  private final int planeW;
  private final int chunks;
  private final int perChunk; // images
  private final int parts; // ranges of taps
  private final int tapsPerPart;
  private final int together; // images whose pixels are one k
  private final int[] tap; // where in the planes of a group's channels each tap begins
  private final int[] pixel; // how far from there each pixel is, over `together` images
  private final float[] sums; // [chunk][group][tap][output]
  private final Parallel.Body task = this::task;
  private final Parallel.Body finish = this::finish;

  FilterGradient(Conv g, Span x, Span dy, Span dw) {
    this.g = g;
    this.x = x;
    this.dy = dy;
    this.dw = dw;
    int filter = g.kh() * g.kw();
    taps = g.groupC() * filter;
    taps8 = up(taps, MR);
    pixels = g.oh() * g.ow();
    outputs = up(g.groupO(), NR);
    padded = g.top() + g.left() + g.bottom() + g.right() > 0;
    planeH = padded ? g.top() + g.h() + g.bottom() : g.h();
    planeW = padded ? g.left() + g.w() + g.right() : g.w();
    long one = (long) g.groups() * taps8 * outputs;
    int most = (int) Math.max(1, Math.min(TASKS, SUMS / Math.max(1, one)));
    perChunk = Math.max(1, pieces(g.n(), most));
    chunks = Math.max(1, pieces(g.n(), perChunk));
    parts = Math.max(1, Math.min(taps8 / MR, pieces(TASKS, chunks * g.groups())));
    tapsPerPart = up(pieces(taps8, parts), MR);
    together = Math.max(1, Math.min(perChunk, PIXELS / pixels));
    tap = new int[taps8];
    for (int t = 0; t < taps8; t++) {
      int last = Math.min(t, taps - 1); // a tap that is missing repeats the last one
      tap[t] =
          last / filter * planeH * planeW
              + last % filter / g.kw() * g.dilationY() * planeW
              + last % g.kw() * g.dilationX();
    }
    pixel = new int[together * pixels];
    for (int k = 0; k < pixel.length; k++) {
      int r = k % pixels / g.ow();
      int q = k % g.ow();
      pixel[k] =
          k / pixels * (padded ? g.groupC() : g.c()) * planeH * planeW
              + r * g.strideY() * planeW
              + q * g.strideX();
    }
    sums = new float[chunks * g.groups() * taps8 * outputs];
  }

  @Override
  public void run() {
    Parallel.run(chunks * g.groups() * parts, task);
    Parallel.run(g.groups() * taps8 / MR, finish);
  }

  /** The sum over one chunk of images, for a range of a group's taps. */
  private void task(int grain) {
    int part = grain % parts;
    int group = grain / parts % g.groups();
    int chunk = grain / parts / g.groups();
    int t0 = Math.min(taps8, part * tapsPerPart);
    int t1 = Math.min(taps8, t0 + tapsPerPart);
    int sum = (chunk * g.groups() + group) * taps8 * outputs;
    int planes = padded ? together * g.groupC() * planeH * planeW : 0;
    float[] scratch = Scratch.floats(planes + PIXELS * outputs);
    if (t0 == t1) {
      return;
    }
    Arrays.fill(sums, sum + t0 * outputs, sum + t1 * outputs, 0);
    int end = Math.min(g.n(), (chunk + 1) * perChunk);
    for (int image = chunk * perChunk; image < end; image += together) {
      int count = Math.min(together, end - image);
      float[] a = x.array();
      int base = x.offset() + (image * g.c() + group * g.groupC()) * g.h() * g.w();
      if (padded) {
        load(scratch, image, count, group, t0, t1);
        a = scratch;
        base = 0;
      }
      for (int k = 0; k < count * pixels; k += PIXELS) {
        int n = Math.min(PIXELS, count * pixels - k);
        turn(scratch, planes, image, group, k, n);
        for (int o = 0; o < outputs; o += NR) {
          for (int t = t0; t < t1; t += MR) {
            Tile.rows(
                true,
                Math.min(MR, taps - t),
                n,
                a,
                base,
                tap,
                t,
                pixel,
                k,
                scratch,
                planes + o * PIXELS,
                NR,
                sums,
                sum + t * outputs + o,
                outputs);
          }
        }
      }
    }
  }

  /** Copies the channels that taps t0 … t1−1 read, between zeros. */
  private void load(float[] s, int image, int count, int group, int t0, int t1) {
    int filter = g.kh() * g.kw();
    int c1 = Math.min(g.groupC(), pieces(t1, filter));
    int plane = planeH * planeW;
    for (int i = 0; i < count; i++) {
      for (int c = t0 / filter; c < c1; c++) {
        int from = x.offset() + ((image + i) * g.c() + group * g.groupC() + c) * g.h() * g.w();
        int to = (i * g.groupC() + c) * plane;
        int limit = to + plane;
        int body = to + g.top() * planeW;
        Arrays.fill(s, to, body + g.left(), 0);
        Lanes.copyRows(x.array(), from, g.w(), s, body + g.left(), planeW, g.w(), g.h(), limit);
        for (int r = 0; r < g.h(); r++) {
          int row = body + r * planeW + g.left();
          int next = Math.min(limit, row + planeW);
          for (int q = row + g.w(); q < next; q++) {
            s[q] = 0;
          }
        }
        Arrays.fill(s, Math.min(limit, body + g.h() * planeW + g.left()), limit, 0);
      }
    }
  }

  /** Turns ȳ over for pixels k … k+n−1: [output][pixel] → [block of outputs][pixel][NR]. */
  private void turn(float[] s, int to, int image, int group, int k, int n) {
    for (int done = 0; done < n; ) {
      int i = (k + done) / pixels;
      int p = (k + done) % pixels;
      int some = Math.min(n - done, pixels - p);
      int from = dy.offset() + ((image + i) * g.o() + group * g.groupO()) * pixels + p;
      for (int o = 0; o < outputs; o += 8) {
        int rows = Math.max(0, Math.min(8, g.groupO() - o));
        int at = to + o / NR * NR * PIXELS + done * NR + o % NR;
        Lanes.interleave(dy.array(), from + o * pixels, pixels, rows, 8, some, s, at, NR);
      }
      done += some;
    }
  }

  /** Adds up the chunks of eight taps and turns them over: [tap][output] → [output][tap]. */
  private void finish(int grain) {
    int group = grain / (taps8 / MR);
    int t0 = grain % (taps8 / MR) * MR;
    int step = g.groups() * taps8 * outputs;
    for (int o = 0; o < g.groupO(); o++) {
      int to = dw.offset() + (group * g.groupO() + o) * taps;
      for (int t = t0; t < Math.min(taps, t0 + MR); t++) {
        float sum = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
          sum += sums[chunk * step + (group * taps8 + t) * outputs + o];
        }
        dw.array()[to + t] = sum;
      }
    }
  }
}
