package dev.bagel.gpu;

/** A tile of 4 rows and columns for each work item. Written by TileSource, among the tests. */
abstract class Tile4 extends Products {
  final void tile4(int pc) {
    int m = code[pc + M];
    int n = code[pc + N];
    int width = 1 << code[pc + LOG_WIDTH];
    int wide = 4 * width;
    int high = 4 * (GROUP / width);
    int part = code[pc + PART];
    int parts = (code[pc + K] + part - 1) / part;
    parts = parts < 1 ? 1 : parts; // nothing to add up makes zeros
    int across = (n + wide - 1) / wide;
    int down = (m + high - 1) / high;
    int tx = getLocalId() % width;
    int ty = getLocalId() / width;
    int tiles = code[pc + BATCH] * parts * across * down;
    for (int tile = getGroupId(); tile < tiles; tile += getNumGroups()) {
      int m0 = tile % down * high;
      int n0 = tile / down % across * wide;
      int s = tile / down / across % parts;
      int batch = tile / down / across / parts;
      int end = min(code[pc + K], (s + 1) * part);
      int convolves = code[pc + KIND] == CONV ? 1 : 0;
      int mine = getLocalId() % wide; // a pixel, if this is a convolution
      int y = convolves == 1 ? readRow(pc, n0 + mine) : 0;
      int x = convolves == 1 ? readColumn(pc, n0 + mine) : 0;
      int base = code[pc + B] + batch * code[pc + B_BATCH];
      int first = convolves == 1 ? readPlace(pc, base, n0 + mine, y, x) : 0;
      int to = mine / width * 64 + mine % width;
      float c00 = 0f;
      float c01 = 0f;
      float c02 = 0f;
      float c03 = 0f;
      float c10 = 0f;
      float c11 = 0f;
      float c12 = 0f;
      float c13 = 0f;
      float c20 = 0f;
      float c21 = 0f;
      float c22 = 0f;
      float c23 = 0f;
      float c30 = 0f;
      float c31 = 0f;
      float c32 = 0f;
      float c33 = 0f;
      for (int k0 = s * part; k0 < end; k0 += 8) {
        loadA(pc, batch, m0, k0, end, high);
        if (convolves == 1) {
          loadPixels(pc, k0, end, GROUP / wide, to, first, y, x);
        } else {
          loadB(pc, batch, n0, k0, end, wide, width, 64);
        }
        localBarrier();
        for (int k = 0; k < 8; k++) {
          int a = k * Tiles.PITCH_A + ty * 4;
          int b = k * Tiles.PITCH_B + tx;
          float a0 = ta[a];
          float a1 = ta[a + 1];
          float a2 = ta[a + 2];
          float a3 = ta[a + 3];
          float b0 = tb[b];
          float b1 = tb[b + 64];
          float b2 = tb[b + 128];
          float b3 = tb[b + 192];
          c00 += a0 * b0;
          c01 += a0 * b1;
          c02 += a0 * b2;
          c03 += a0 * b3;
          c10 += a1 * b0;
          c11 += a1 * b1;
          c12 += a1 * b2;
          c13 += a1 * b3;
          c20 += a2 * b0;
          c21 += a2 * b1;
          c22 += a2 * b2;
          c23 += a2 * b3;
          c30 += a3 * b0;
          c31 += a3 * b1;
          c32 += a3 * b2;
          c33 += a3 * b3;
        }
        localBarrier();
      }
      float[] c = new float[16];
      c[0] = c00;
      c[1] = c01;
      c[2] = c02;
      c[3] = c03;
      c[4] = c10;
      c[5] = c11;
      c[6] = c12;
      c[7] = c13;
      c[8] = c20;
      c[9] = c21;
      c[10] = c22;
      c[11] = c23;
      c[12] = c30;
      c[13] = c31;
      c[14] = c32;
      c[15] = c33;
      for (int j = 0; j < 4; j++) {
        int column = n0 + j * width + tx;
        if (column < n) {
          int e = column(pc, batch, column);
          for (int i = 0; i < 4; i++) {
            int row = m0 + ty * 4 + i;
            if (row < m) {
              store(pc, s, e + row * code[pc + C_M], c[i * 4 + j]);
            }
          }
        }
      }
    }
  }
}
