package dev.bagel.gpu;

/**
 * Matrix products, and convolutions as matrix products whose right matrix is never made: C[m, n] =
 * Σₖ A[m, k] · B[k, n], a batch of them.
 *
 * <pre>
 *              m                 n               k                C
 *   MATMUL     rows              columns         inner axis       row-major
 *   CONV       filters           pixels          taps             images; input gradients, too
 *   FILTER     filters           taps            pixels           in parts, along k
 * </pre>
 *
 * <p>A tap is one weight of a filter: a channel, a row and a column. The table of taps has four
 * numbers for each: the element that it reads, relative to the first pixel under the filter; how
 * many rows and columns that is away; and where its weight is. A pixel is a place of an image of so
 * many rows and columns, which reads from a place of another image.
 */
abstract class Products extends Places {
  // kinds
  static final int MATMUL = 0;
  static final int CONV = 1;
  static final int FILTER = 2;

  // where in a descriptor
  static final int KIND = 1;
  static final int M = 2;
  static final int N = 3;
  static final int K = 4;
  static final int BATCH = 5;
  static final int PART = 6; // how many k belong to a part of the sum
  static final int LOG_WIDTH = 7; // of the items of a group, along n
  static final int CHAIN = 8;
  static final int A = 9;
  static final int A_BATCH = 10;
  static final int A_M = 11;
  static final int A_K = 12; // FILTER: from one image to the next
  static final int A_TURNED = 13; // whether neighbours in memory are neighbours in m
  static final int B = 14;
  static final int B_BATCH = 15;
  static final int B_K = 16; // CONV, FILTER: from one image to the next
  static final int B_N = 17;
  static final int C = 18;
  static final int C_BATCH = 19;
  static final int C_M = 20;
  static final int C_IMAGE = 21;
  static final int C_ROW = 22;
  static final int C_COLUMN = 23;
  static final int C_FIRST = 24;
  static final int TAPS = 25;
  static final int HEIGHT = 26; // of the image that is read
  static final int WIDTH = 27;
  static final int ROWS = 28; // of pixels
  static final int COLUMNS = 29;
  static final int STRIDE_Y = 30; // from the read place of one pixel to that of the next
  static final int STRIDE_X = 31;
  static final int TOP = 32; // how far above the image the first pixel reads
  static final int LEFT = 33;
  static final int PIXELS = 34; // of all images
  static final int DOWN = 35; // tiles
  static final int ACROSS = 36;
  static final int PARTS = 37;
  static final int FIELDS = 38;

  /** A row that no tap leads back from. */
  static final int OUTSIDE = -(1 << 29);

  // ---- where a tile lies, computed anew where it is needed: registers are scarce ----------------

  final int tiles(int pc) {
    return code[pc + DOWN] * code[pc + ACROSS] * code[pc + PARTS] * code[pc + BATCH];
  }

  /** The first row of a tile of so many. */
  final int tileRow(int pc, int tile, int high) {
    return tile % code[pc + DOWN] * high;
  }

  final int tileColumn(int pc, int tile, int wide) {
    return tile / code[pc + DOWN] % code[pc + ACROSS] * wide;
  }

  final int tilePart(int pc, int tile) {
    return tile / code[pc + DOWN] / code[pc + ACROSS] % code[pc + PARTS];
  }

  final int tileBatch(int pc, int tile) {
    return tile / code[pc + DOWN] / code[pc + ACROSS] / code[pc + PARTS];
  }

  // ---- filling the tiles ------------------------------------------------------------------------

  /**
   * Fills the tile of A: rows from place {@code base} of memory on, {@code rows} of them, eight k
   * from k0 on, and zeros outside.
   */
  final void loadA(int pc, int base, int rows, int k0, int end, int logHigh) {
    int kind = code[pc + KIND];
    int turned = code[pc + A_TURNED];
    int row = code[pc + A_M];
    int mask = (1 << logHigh) - 1;
    for (int i = getLocalId(); i < 8 << logHigh; i += GROUP) {
      int kk = turned == 1 ? i >> logHigh : i & 7;
      int mm = turned == 1 ? i & mask : i >> 3;
      int k = k0 + kk;
      float v = 0f;
      if (mm < rows && k < end) {
        int at = base + mm * row;
        if (kind == MATMUL) {
          at += k * code[pc + A_K];
        } else if (kind == CONV) {
          at += code[code[pc + TAPS] + 4 * k + 3];
        } else {
          int pixels = code[pc + ROWS] * code[pc + COLUMNS];
          at += k / pixels * code[pc + A_K] + k % pixels;
        }
        v = memory[at];
      }
      ta[kk * Tiles.PITCH_A + mm] = v;
    }
  }

  /**
   * Fills the tile of B: all n from n0 on, eight k from k0 on, zeros outside. The columns of the
   * tile are in chunks of the group's width, one of the chunks for each register.
   */
  final void loadB(int pc, int base, int n0, int k0, int end, int logWide, int logChunk) {
    int kind = code[pc + KIND];
    int n = code[pc + N];
    int turned = kind == MATMUL && code[pc + B_N] == 1 ? 0 : 1;
    int mask = (1 << logWide) - 1;
    for (int i = getLocalId(); i < 8 << logWide; i += GROUP) {
      int kk = turned == 1 ? i & 7 : i >> logWide;
      int nn = turned == 1 ? i >> 3 : i & mask;
      int k = k0 + kk;
      float v = 0f;
      if (n0 + nn < n && k < end) {
        if (kind == MATMUL) {
          v = memory[base + k * code[pc + B_K] + (n0 + nn) * code[pc + B_N]];
        } else {
          int y = readRow(pc, k);
          int x = readColumn(pc, k);
          v = read(pc, code[pc + TAPS] + 4 * (n0 + nn), y, x, readPlace(pc, base, k, y, x));
        }
      }
      tb[kk * Tiles.PITCH_B + chunked(nn, code[pc + LOG_WIDTH], logChunk)] = v;
    }
  }

  /** The place of a column in its row of the tile: chunks are {@code 1 << logChunk} apart. */
  static int chunked(int column, int logWidth, int logChunk) {
    return (column >> logWidth << logChunk) + (column & (1 << logWidth) - 1);
  }

  /**
   * The same for a convolution, whose columns are pixels: an item fills places of one column, the
   * pixel that reads at row y and column x, which is place {@code first} of memory.
   */
  final void loadPixels(int pc, int k0, int end, int step, int to, int first, int y, int x) {
    int taps = code[pc + TAPS] + 4 * k0;
    int left = end - k0;
    for (int kk = getLocalId() * step / GROUP; kk < 8; kk += step) {
      float v = 0f;
      if (kk < left) {
        v = read(pc, taps + 4 * kk, y, x, first);
      }
      tb[kk * Tiles.PITCH_B + to] = v;
    }
  }

  /** The row of the image that a pixel's taps are counted from; far outside past the last pixel. */
  final int readRow(int pc, int pixel) {
    int each = code[pc + ROWS] * code[pc + COLUMNS];
    int y = pixel % each / code[pc + COLUMNS] * code[pc + STRIDE_Y] - code[pc + TOP];
    return pixel < code[pc + PIXELS] ? y : OUTSIDE;
  }

  final int readColumn(int pc, int pixel) {
    return pixel % code[pc + COLUMNS] * code[pc + STRIDE_X] - code[pc + LEFT];
  }

  final int readPlace(int pc, int base, int pixel, int y, int x) {
    int image = pixel / (code[pc + ROWS] * code[pc + COLUMNS]);
    return base + image * code[pc + B_K] + y * code[pc + WIDTH] + x;
  }

  /** What one tap of a pixel reads; 0 outside the image. */
  final float read(int pc, int tap, int y, int x, int first) {
    int r = y + code[tap + 1];
    int q = x + code[tap + 2];
    float v = 0f;
    if (r >= 0 && r < code[pc + HEIGHT] && q >= 0 && q < code[pc + WIDTH]) {
      v = memory[first + code[tap]];
    }
    return v;
  }

  /** The element of C at row 0 of column n. */
  final int column(int pc, int batch, int n) {
    int at = batch * code[pc + C_BATCH] + n;
    if (code[pc + KIND] == CONV) {
      int columns = code[pc + COLUMNS];
      int each = code[pc + ROWS] * columns;
      at =
          batch * code[pc + C_BATCH]
              + n / each * code[pc + C_IMAGE]
              + n % each / columns * code[pc + C_ROW]
              + n % columns * code[pc + C_COLUMN]
              + code[pc + C_FIRST];
    }
    return at;
  }

  /** Leaves an element of C, and runs what follows it. */
  final void store(int pc, int part, int e, float v) {
    if (code[pc + KIND] == FILTER) {
      partial[part * code[pc + BATCH] * code[pc + C_BATCH] + e] = v;
    } else {
      memory[code[pc + C] + e] = v;
      int chain = code[pc + CHAIN];
      if (chain > 0) {
        chain(chain, e);
      }
    }
  }

  /** A convolution to few filters: four of them for one pixel by one item, nothing shared. */
  final void few(int pc) {
    int m = code[pc + M];
    int n = code[pc + N];
    int k = code[pc + K];
    int fours = (m + 3) / 4;
    int taps = code[pc + TAPS];
    int row = code[pc + A_M];
    for (int i = getGlobalId(); i < code[pc + BATCH] * fours * n; i += getGlobalSize()) {
      int pixel = i % n;
      int m0 = i / n % fours * 4;
      int batch = i / n / fours;
      int a = code[pc + A] + batch * code[pc + A_BATCH] + m0 * row;
      int b = code[pc + B] + batch * code[pc + B_BATCH];
      int y = readRow(pc, pixel);
      int x = readColumn(pc, pixel);
      int first = readPlace(pc, b, pixel, y, x);
      int second = m0 + 1 < m ? row : 0;
      int third = m0 + 2 < m ? 2 * row : 0;
      int fourth = m0 + 3 < m ? 3 * row : 0;
      float c0 = 0f;
      float c1 = 0f;
      float c2 = 0f;
      float c3 = 0f;
      for (int j = 0; j < k; j++) {
        float v = read(pc, taps + 4 * j, y, x, first);
        int w = a + code[taps + 4 * j + 3];
        c0 += memory[w] * v;
        c1 += memory[w + second] * v;
        c2 += memory[w + third] * v;
        c3 += memory[w + fourth] * v;
      }
      float[] c = new float[4];
      c[0] = c0;
      c[1] = c1;
      c[2] = c2;
      c[3] = c3;
      int e = column(pc, batch, pixel);
      for (int j = 0; j < 4; j++) {
        if (m0 + j < m) {
          store(pc, 0, e + (m0 + j) * code[pc + C_M], c[j]);
        }
      }
    }
  }
}
