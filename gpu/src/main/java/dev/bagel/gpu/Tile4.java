package dev.bagel.gpu;

/** Tiles with 4 × 4 elements of C for each work item. Written by TileSource, a test class. */
abstract class Tile4 extends Products {
  final void tile4(int pc) {
    int log = code[pc + LOG_WIDTH];
    for (int tile = getGroupId(); tile < tiles(pc); tile += getNumGroups()) {
      int m0 = tileRow(pc, tile, (4 * GROUP) >> log);
      int rows = code[pc + M] - m0;
      int left = code[pc + A] + tileBatch(pc, tile) * code[pc + A_BATCH] + m0 * code[pc + A_M];
      int right = code[pc + B] + tileBatch(pc, tile) * code[pc + B_BATCH];
      int y = tileColumn(pc, tile, 4 << log);
      int x = 0;
      int mine = getLocalId() & (4 << log) - 1;
      int convolves = code[pc + KIND] == CONV ? 1 : 0;
      if (convolves == 1) { // this item reads for one pixel: where that begins
        int pixel = y + mine;
        y = readRow(pc, pixel);
        x = readColumn(pc, pixel);
        right = readPlace(pc, right, pixel, y, x);
      }
      int to = chunked(mine, log, 6);
      int from = tilePart(pc, tile) * code[pc + PART];
      int end = min(code[pc + K], from + code[pc + PART]);
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
      for (int k0 = from; k0 < end; k0 += 8) {
        loadA(pc, left, rows, k0, end, 10 - log);
        if (convolves == 1) {
          loadPixels(pc, k0, end, (GROUP / 4) >> log, to, right, y, x);
        } else {
          loadB(pc, right, y, k0, end, log + 2, 6);
        }
        localBarrier();
        for (int k = 0; k < 8; k++) {
          int a = k * Tiles.PITCH_A + (getLocalId() >> log) * 4;
          int b = k * Tiles.PITCH_B + (getLocalId() & (1 << log) - 1);
          float a0 = ta[a + 0];
          float a1 = ta[a + 1];
          float a2 = ta[a + 2];
          float a3 = ta[a + 3];
          float b0 = tb[b + 0 * 64];
          float b1 = tb[b + 1 * 64];
          float b2 = tb[b + 2 * 64];
          float b3 = tb[b + 3 * 64];
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
      float[] c = new float[4 * 4];
      c[0 * 4 + 0] = c00;
      c[0 * 4 + 1] = c01;
      c[0 * 4 + 2] = c02;
      c[0 * 4 + 3] = c03;
      c[1 * 4 + 0] = c10;
      c[1 * 4 + 1] = c11;
      c[1 * 4 + 2] = c12;
      c[1 * 4 + 3] = c13;
      c[2 * 4 + 0] = c20;
      c[2 * 4 + 1] = c21;
      c[2 * 4 + 2] = c22;
      c[2 * 4 + 3] = c23;
      c[3 * 4 + 0] = c30;
      c[3 * 4 + 1] = c31;
      c[3 * 4 + 2] = c32;
      c[3 * 4 + 3] = c33;
      for (int i = 0; i < 4 * 4; i++) {
        int n = tileColumn(pc, tile, 4 << log) + (i % 4 << log) + (getLocalId() & (1 << log) - 1);
        int m = tileRow(pc, tile, (4 * GROUP) >> log) + (getLocalId() >> log) * 4 + i / 4;
        if (n < code[pc + N] && m < code[pc + M]) {
          int e = column(pc, tileBatch(pc, tile), n) + m * code[pc + C_M];
          store(pc, tilePart(pc, tile), e, c[i]);
        }
      }
    }
  }
}
