package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution and its input gradient, without unfolding the image.
 *
 * <p>A task copies the planes that it reads into its scratch, split into the stride's phases and
 * separated by just enough zeros that the rows can be seen as one long line: what a tap reads left
 * of a row is the zero that ends the row above. So a vector of pixels may run over the end of a
 * row; what it computes between two rows is thrown away. A tap is then a constant distance, the
 * taps of all channels are one table of distances, and the loop over them is {@link Tile#packed}
 * with the filters as panels [channel, tap][8 outputs].
 *
 * <pre>
 *    x[c]        scratch[c]               line of pixels of the result
 *   a b c        0 0 0 0
 *   d e f   →    a b c 0        →        r₀ r₁ r₂ ·  r₃ r₄ r₅ ·  r₆ r₇ r₈
 *   g h i        d e f 0                          └ computed, never stored
 *                g h i 0
 *                0 0 0 0
 * </pre>
 */
final class DirectConv implements Kernel {
  /** Floats of source planes that a task holds: half of a second-level cache of 1 MB. */
  private static final int SOURCE = 1 << 17;

  /** Pixels of a result that are computed for 8 outputs before they are stored. */
  private static final int STRIP = 1024;

  /** Least number of tasks that a kernel is cut into, where it can. */
  private static final int TASKS = 16;

  private static final int WIDE = 4 * Lanes.L;

  private final Span source;
  private final Span filters;
  private final Span result;
  private final Epilogue then;

  // the geometry, in terms of what is read and what is written
  private final int images;
  private final int groups;
  private final int channels; // read, of one group
  private final int h;
  private final int w;
  private final int outputs; // written, of one group
  private final int outH;
  private final int outW;
  private final int strideY;
  private final int strideX;
  private final int taps; // of a whole filter
  private final int filterChannel; // elements between the filters of two channels that are read
  private final int filterOutput; // elements between those of two outputs
  private final Sum[] sums;

  // how a task's planes lie in its scratch
  private final int[] phases; // those that a tap reads
  private final int reachY; // rows of a phase that are read
  private final int reachX; // columns
  private final int above; // rows that taps reach above the first one of a result
  private final int before; // columns
  private final int pitch; // from row to row
  private final int imageRows; // from image to image
  private final int planeRows; // of a phase of a channel: all images of the task
  private final int perTask; // images of a task
  private final int bandRows; // rows of a result of a task
  private final int bandStep; // rows of the plane for each of them
  private final int bands;
  private final int panels; // of 8 outputs, in one group
  private final int panelsPerTask;
  private final int size; // of all planes of a task

  private final Prepared panels8; // [group][sum][panel][channel, tap][8]
  private float[] packed;
  private final int packedGroup;
  private final Parallel.Body task = this::task;

  /** One of the sums, with its table of distances. */
  private static final class Sum {
    final Taps taps;
    final int[] at; // for every (channel, tap)
    final int weights; // where in a group of packed filters its panels begin

    Sum(Taps taps, int[] at, int weights) {
      this.taps = taps;
      this.at = at;
      this.weights = weights;
    }
  }

  DirectConv(Direction d, Span source, Span filters, Span result, Epilogue then) {
    this.source = source;
    this.filters = filters;
    this.result = result;
    this.then = then;
    Conv g = d.g();
    images = g.n();
    groups = g.groups();
    taps = d.taps();
    channels = d.channels();
    outputs = d.outputs();
    h = d.h();
    w = d.w();
    outH = d.outH();
    outW = d.outW();
    strideY = d.forward() ? g.strideY() : 1;
    strideX = d.forward() ? g.strideX() : 1;
    filterChannel = d.filterChannel();
    filterOutput = d.filterOutput();

    List<Taps> all = d.sums();
    phases =
        all.stream().flatMap(s -> s.all().stream()).mapToInt(Taps.Tap::phase).distinct().toArray();
    int up = 0;
    int left = 0;
    int lastRow = 0;
    int lastColumn = 0;
    int below = 0;
    int longest = 0;
    for (Taps s : all) {
      longest = Math.max(longest, s.rows());
      lastRow = Math.max(lastRow, s.rows());
      lastColumn = Math.max(lastColumn, s.columns());
      for (Taps.Tap t : s.all()) {
        up = Math.max(up, -t.row());
        left = Math.max(left, -t.column());
        below = Math.max(below, t.row());
        lastRow = Math.max(lastRow, s.rows() + t.row());
        lastColumn = Math.max(lastColumn, s.columns() + t.column());
      }
    }
    reachY = lastRow;
    reachX = lastColumn;
    above = up;
    before = left;
    pitch = Math.max(Math.min(reachX, pieces(w, strideX)) + left, reachX);
    int wholeRows = Math.max(Math.min(reachY, pieces(h, strideY)) + up, reachY);
    int planes = channels * Math.max(1, phases.length);
    long whole = (long) planes * wholeRows * pitch;
    if (whole > 2 * SOURCE && longest > 8) { // an image does not fit: bands of its rows
      int halo = up + below;
      int fit = (int) (SOURCE / ((long) planes * pitch)) - halo;
      bandRows = Math.min(longest, Math.max(Math.max(4, 2 * halo), fit));
      imageRows = bandRows + below;
      perTask = 1;
    } else {
      bandRows = longest;
      imageRows = wholeRows;
      int fill = pieces(STRIP, Math.max(1, wholeRows * pitch)); // images for one strip
      int fit = (int) Math.max(1, SOURCE / Math.max(1, whole));
      perTask = Math.max(1, Math.min(Math.min(fill, fit), images));
    }
    bandStep = all.get(0).stepY();
    bands = pieces(longest, Math.max(1, bandRows));
    planeRows = above + perTask * imageRows;
    size = before + planes * planeRows * pitch + WIDE + pitch;
    panels = pieces(outputs, Tile.ROWS);
    int pieces = Math.max(1, pieces(images, perTask) * bands * groups);
    panelsPerTask =
        Math.max(1, pieces(panels, Math.max(1, Math.min(panels, pieces(TASKS, pieces)))));

    sums = new Sum[all.size()];
    int weights = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new Sum(all.get(i), distances(all.get(i)), weights);
      weights += panels * sums[i].at.length * Tile.ROWS;
    }
    packedGroup = weights;
    Object order = d.order("pixels");
    panels8 = new Prepared(filters, order, groups * weights, groups * panels, this::pack);
  }

  /** For every channel and tap: how far from a pixel of the result the pixel is that it reads. */
  private int[] distances(Taps s) {
    int[] at = new int[channels * s.all().size()];
    int i = 0;
    for (int c = 0; c < channels; c++) {
      for (Taps.Tap t : s.all()) {
        int plane = c * phases.length + index(phases, t.phase());
        at[i++] = before + (plane * planeRows + above + t.row()) * pitch + t.column();
      }
    }
    return at;
  }

  private static int index(int[] all, int one) {
    int i = 0;
    while (all[i] != one) {
      i++;
    }
    return i;
  }

  @Override
  public void run() {
    packed = panels8.now();
    Parallel.run(pieces(images, perTask) * bands * groups * pieces(panels, panelsPerTask), task);
  }

  /** Copies the filters of 8 outputs into the order in which they are multiplied. */
  private void pack(float[] packed, int grain) {
    int group = grain / panels;
    int panel = grain % panels;
    float[] f = filters.array();
    int rows = Math.min(Tile.ROWS, outputs - panel * Tile.ROWS);
    int from =
        filters.offset() + group * channels * outputs * taps + panel * Tile.ROWS * filterOutput;
    for (Sum s : sums) {
      int n = s.at.length;
      int to = group * packedGroup + s.weights + panel * n * Tile.ROWS;
      if (filterChannel == taps && s.taps.all().size() == taps) { // they lie in this order
        Lanes.interleave(f, from, filterOutput, rows, Tile.ROWS, n, packed, to, Tile.ROWS);
        continue;
      }
      for (int c = 0; c < channels; c++) {
        for (Taps.Tap t : s.taps.all()) {
          int at = from + c * filterChannel + t.filter();
          for (int r = 0; r < rows; r++) {
            packed[to + r] = f[at + r * filterOutput];
          }
          to += Tile.ROWS;
        }
      }
    }
  }

  private void task(int grain) {
    int parts = pieces(panels, panelsPerTask);
    int part = grain % parts;
    int group = grain / parts % groups;
    int band = grain / parts / groups % bands;
    int image = grain / parts / groups / bands * perTask;
    int count = Math.min(perTask, images - image);
    float[] scratch = Scratch.floats(size + Tile.ROWS * stripPitch());
    load(scratch, image, count, group, band * bandRows);
    int to = Math.min(panels, (part + 1) * panelsPerTask);
    for (Sum s : sums) {
      for (int panel = part * panelsPerTask; panel < to; panel++) {
        apply(s, scratch, image, count, group, band * bandRows, panel);
      }
    }
    if (then != Epilogue.NONE) {
      finish(image, count, group, band, part * panelsPerTask * Tile.ROWS, to * Tile.ROWS);
    }
  }

  /** Hands on what a task has computed: outputs o0 … o1−1 of a band of some images. */
  private void finish(int image, int count, int group, int band, int o0, int o1) {
    int from = band * bandRows * bandStep;
    int to = Math.min(outH, (band + 1) * bandRows * bandStep);
    for (int i = image; i < image + count; i++) {
      int plane = (i * groups + group) * outputs + o0;
      int n = Math.min(outputs, o1) - o0;
      Planes.finish(then, plane, n, outH * outW, from * outW, (to - from) * outW);
    }
  }

  /** Rows of a strip. */
  private int stripRows() {
    return Math.max(1, STRIP / pitch);
  }

  /** From one output of a strip to the next: one vector more, lest all fall into the same set. */
  private int stripPitch() {
    return up(stripRows() * pitch, WIDE) + Lanes.L;
  }

  // ---- reading
  // ------------------------------------------------------------------------------------

  /**
   * Copies the planes of some images, from row {@code first} of the result on, into the scratch.
   */
  private void load(float[] s, int image, int count, int group, int first) {
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < phases.length; p++) {
        int to = before + (c * phases.length + p) * planeRows * pitch;
        int limit = to + planeRows * pitch;
        Arrays.fill(s, to - before, to, 0);
        int py = phases[p] / strideX;
        int px = phases[p] % strideX;
        int rows = Math.min(reachY, pieces(h - py, strideY));
        int columns = Math.min(reachX, pieces(w - px, strideX));
        for (int i = 0; i < count; i++) {
          int plane = source.offset() + (((image + i) * groups + group) * channels + c) * h * w;
          int top = i == 0 ? -above : 0; // the zeros above other images end the image before
          int r0 = Math.min(imageRows, Math.max(top, -first));
          int r1 = Math.max(r0, Math.min(imageRows, rows - first));
          Arrays.fill(s, to, to + (r0 - top) * pitch, 0);
          to += (r0 - top) * pitch;
          if (r1 > r0) {
            int from = plane + ((first + r0) * strideY + py) * w + px;
            loadRows(from, s, to, columns, r1 - r0, limit);
          }
          Arrays.fill(s, to + (r1 - r0) * pitch, to + (imageRows - r0) * pitch, 0);
          to += (imageRows - r0) * pitch;
        }
      }
    }
  }

  private void loadRows(int from, float[] s, int to, int columns, int rows, int limit) {
    float[] x = source.array();
    if (strideX == 1) {
      Lanes.copyRows(x, from, strideY * w, s, to, pitch, columns, rows, limit);
    }
    for (int r = 0; r < rows; r++) {
      int row = to + r * pitch;
      if (strideX == 2 && row + up(columns, Lanes.L) <= limit) {
        Stride2.split(
            x, from + r * strideY * w, 2 * columns - 1, s, row, size); // half goes to waste
      } else if (strideX > 1) {
        for (int q = 0; q < columns; q++) {
          s[row + q] = x[from + r * strideY * w + q * strideX];
        }
      }
      for (int q = columns; q < pitch; q++) {
        s[row + q] = 0;
      }
    }
  }

  // ---- computing and writing
  // ----------------------------------------------------------------------

  /** Eight outputs of one sum, strip by strip. */
  private void apply(
      Sum s, float[] scratch, int image, int count, int group, int first, int panel) {
    int rows = Math.min(bandRows, s.taps.rows() - first);
    int outputRows = Math.min(Tile.ROWS, outputs - panel * Tile.ROWS);
    int n = s.at.length;
    int weights = group * packedGroup + s.weights + panel * n * Tile.ROWS;
    int all = (count - 1) * imageRows + rows; // rows of the line of pixels
    int ld = stripPitch();
    for (int from = 0; from < all; from += stripRows()) {
      int to = Math.min(all, from + stripRows());
      int pixels = (to - from - 1) * pitch + s.taps.columns();
      if (outputRows == 1) {
        for (int j = 0; j < pixels; j += WIDE) {
          Tile.row(
              n, packed, weights, Tile.ROWS, scratch, from * pitch + j, s.at, scratch, size + j);
        }
      } else {
        for (int j = 0; j < pixels; j += Tile.COLUMNS) {
          Tile.packed(
              false,
              outputRows,
              n,
              packed,
              weights,
              Tile.ROWS,
              scratch,
              from * pitch + j,
              s.at,
              scratch,
              size + j,
              ld);
        }
      }
      for (int o = 0; o < outputRows; o++) {
        int plane = (image * groups + group) * outputs + panel * Tile.ROWS + o;
        store(s.taps, scratch, size + o * ld, plane, first, rows, from, to);
      }
    }
  }

  /** Writes rows {@code from} … {@code to}−1 of the line of pixels to where they belong. */
  private void store(Taps t, float[] s, int at, int plane, int first, int rows, int from, int to) {
    float[] y = result.array();
    for (int line = from; line < to; ) {
      int image = line / imageRows;
      int r = line - image * imageRows;
      int end = Math.min(to, (image + 1) * imageRows); // of the lines of this image
      int some = Math.min(rows, r + end - line) - r; // those after them lie between two images
      int start = result.offset() + (plane + image * groups * outputs) * outH * outW;
      int row = start + ((first + r) * t.stepY() + t.startY()) * outW + t.startX();
      int pitchY = t.stepY() * outW;
      if (some > 0 && t.stepX() == 1 && t.stepY() == 1) {
        int limit = start + (first + rows) * outW;
        Lanes.copyRows(s, at, pitch, y, row, outW, outW, some, limit);
      } else {
        for (int i = 0; i < some; i++) {
          for (int q = 0; q < t.columns(); q++) {
            y[row + i * pitchY + q * t.stepX()] = s[at + i * pitch + q];
          }
        }
      }
      at += (end - line) * pitch;
      line = end;
    }
  }
}
