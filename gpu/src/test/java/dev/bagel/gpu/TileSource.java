package dev.bagel.gpu;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the source of a register tile: so many rows and columns of C for each work item, every
 * element a local variable of its own, because not every compiler of a driver keeps an array in
 * registers.
 */
record TileSource(int size, String parent) {
  String name() {
    return "Tile" + size;
  }

  private String each(String separator, java.util.function.IntFunction<String> f) {
    return IntStream.range(0, size).mapToObj(f).collect(Collectors.joining(separator));
  }

  private String all(String format) {
    return each("", i -> each("", j -> format.replace("@", "" + i + j).replace("#", "" + (i * size + j)).replace("$i", "" + i).replace("$j", "" + j)));
  }

  String text() {
    int pitch = 256 / size;
    return """
        package dev.bagel.gpu;

        /** A tile of %1$d rows and columns for each work item. Written by TileSource, among the tests. */
        abstract class Tile%1$d extends %2$s {
          final void tile%1$d(int pc) {
            int m = code[pc + M];
            int n = code[pc + N];
            int width = 1 << code[pc + LOG_WIDTH];
            int wide = %1$d * width;
            int high = %1$d * (GROUP / width);
            int part = code[pc + PART];
            int parts = (code[pc + K] + part - 1) / part;
            parts = parts < 1 ? 1 : parts; // nothing to add up makes zeros
            int across = (n + wide - 1) / wide;
            int down = (m + high - 1) / high;
            int tx = getLocalId() %% width;
            int ty = getLocalId() / width;
            int tiles = code[pc + BATCH] * parts * across * down;
            for (int tile = getGroupId(); tile < tiles; tile += getNumGroups()) {
              int m0 = tile %% down * high;
              int n0 = tile / down %% across * wide;
              int s = tile / down / across %% parts;
              int batch = tile / down / across / parts;
              int end = min(code[pc + K], (s + 1) * part);
              int convolves = code[pc + KIND] == CONV ? 1 : 0;
              int mine = getLocalId() %% wide; // a pixel, if this is a convolution
              int y = convolves == 1 ? readRow(pc, n0 + mine) : 0;
              int x = convolves == 1 ? readColumn(pc, n0 + mine) : 0;
              int base = code[pc + B] + batch * code[pc + B_BATCH];
              int first = convolves == 1 ? readPlace(pc, base, n0 + mine, y, x) : 0;
              int to = mine / width * %3$d + mine %% width;
        """.formatted(size, parent, pitch)
        + all("      float c@ = 0f;\n")
        + """
              for (int k0 = s * part; k0 < end; k0 += 8) {
                loadA(pc, batch, m0, k0, end, high);
                if (convolves == 1) {
                  loadPixels(pc, k0, end, GROUP / wide, to, first, y, x);
                } else {
                  loadB(pc, batch, n0, k0, end, wide, width, %2$d);
                }
                localBarrier();
                for (int k = 0; k < 8; k++) {
                  int a = k * Tiles.PITCH_A + ty * %1$d;
                  int b = k * Tiles.PITCH_B + tx;
        """.formatted(size, pitch)
        + each("", i -> "          float a" + i + " = ta[a" + (i == 0 ? "" : " + " + i) + "];\n")
        + each("", j -> "          float b" + j + " = tb[b" + (j == 0 ? "" : " + " + j * pitch) + "];\n")
        + all("          c@ += a$i * b$j;\n")
        + """
                }
                localBarrier();
              }
              float[] c = new float[%2$d];
        """.formatted(size, size * size)
        + all("      c[#] = c@;\n")
        + """
              for (int j = 0; j < %1$d; j++) {
                int column = n0 + j * width + tx;
                if (column < n) {
                  int e = column(pc, batch, column);
                  for (int i = 0; i < %1$d; i++) {
                    int row = m0 + ty * %1$d + i;
                    if (row < m) {
                      store(pc, s, e + row * code[pc + C_M], c[i * %1$d + j]);
                    }
                  }
                }
              }
            }
          }
        }
        """.formatted(size);
  }

  /** Writes both tiles: where the sources of the module are. */
  public static void main(String[] folder) throws java.io.IOException {
    for (TileSource t : java.util.List.of(new TileSource(4, "Products"), new TileSource(8, "Tile4"))) {
      java.nio.file.Files.writeString(java.nio.file.Path.of(folder[0], t.name() + ".java"), t.text());
    }
  }
}
