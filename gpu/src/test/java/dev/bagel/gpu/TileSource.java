package dev.bagel.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the source of a register tile: so many rows and columns of C for each work item, every
 * element a local variable of its own, because not every driver's compiler keeps an array in
 * registers. Formatted, the text is the file; a test compares them.
 *
 * @param size 8 or 4
 * @param parent the class that it extends
 */
record TileSource(int size, String parent) {
  static final List<TileSource> ALL =
      List.of(new TileSource(4, "Products"), new TileSource(8, "Tile4"));

  private static final String TEXT =
      """
      package dev.bagel.gpu;

      /** Tiles with {R} × {R} elements of C for each work item. Written by TileSource, a test class. */
      abstract class Tile{R} extends {PARENT} {
        final void tile{R}(int pc) {
          int log = code[pc + LOG_WIDTH];
          for (int tile = getGroupId(); tile < tiles(pc); tile += getNumGroups()) {
            int m0 = tileRow(pc, tile, ({R} * GROUP) >> log);
            int rows = code[pc + M] - m0;
            int left = code[pc + A] + tileBatch(pc, tile) * code[pc + A_BATCH] + m0 * code[pc + A_M];
            int right = code[pc + B] + tileBatch(pc, tile) * code[pc + B_BATCH];
            int y = tileColumn(pc, tile, {R} << log);
            int x = 0;
            int mine = getLocalId() & ({R} << log) - 1;
            int convolves = code[pc + KIND] == CONV ? 1 : 0;
            if (convolves == 1) { // this item reads for one pixel: where that begins
              int pixel = y + mine;
              y = readRow(pc, pixel);
              x = readColumn(pc, pixel);
              right = readPlace(pc, right, pixel, y, x);
            }
            int to = chunked(mine, log, {LOG_CHUNK});
            int from = tilePart(pc, tile) * code[pc + PART];
            int end = min(code[pc + K], from + code[pc + PART]);
            {each i j:float c{ij} = 0f;}
            for (int k0 = from; k0 < end; k0 += 8) {
              loadA(pc, left, rows, k0, end, {LOG_ALL} - log);
              if (convolves == 1) {
                loadPixels(pc, k0, end, (GROUP / {R}) >> log, to, right, y, x);
              } else {
                loadB(pc, right, y, k0, end, log + {LOG}, {LOG_CHUNK});
              }
              localBarrier();
              for (int k = 0; k < 8; k++) {
                int a = k * Tiles.PITCH_A + (getLocalId() >> log) * {R};
                int b = k * Tiles.PITCH_B + (getLocalId() & (1 << log) - 1);
                {each i:float a{i} = ta[a + {i}];}
                {each i:float b{i} = tb[b + {i} * {CHUNK}];}
                {each i j:c{ij} += a{i} * b{j};}
              }
              localBarrier();
            }
            float[] c = new float[{R} * {R}];
            {each i j:c[{i} * {R} + {j}] = c{ij};}
            for (int i = 0; i < {R} * {R}; i++) {
              int n = tileColumn(pc, tile, {R} << log) + (i % {R} << log) + (getLocalId() & (1 << log) - 1);
              int m = tileRow(pc, tile, ({R} * GROUP) >> log) + (getLocalId() >> log) * {R} + i / {R};
              if (n < code[pc + N] && m < code[pc + M]) {
                int e = column(pc, tileBatch(pc, tile), n) + m * code[pc + C_M];
                store(pc, tilePart(pc, tile), e, c[i]);
              }
            }
          }
        }
      }
      """;

  String name() {
    return "Tile" + size;
  }

  String text() {
    int log = Integer.numberOfTrailingZeros(size);
    return TEXT.lines()
        .map(this::repeated)
        .collect(Collectors.joining("\n", "", "\n"))
        .replace("{R}", "" + size)
        .replace("{PARENT}", parent)
        .replace("{LOG}", "" + log)
        .replace("{LOG_ALL}", "" + (8 + log))
        .replace("{LOG_CHUNK}", "" + (8 - log))
        .replace("{CHUNK}", "" + (256 >> log));
  }

  /** A line that is to be written for each row, or for each row and column. */
  private String repeated(String line) {
    String text = line.strip();
    if (!text.startsWith("{each")) {
      return line;
    }
    String what = text.substring(text.indexOf(':') + 1, text.length() - 1);
    IntFunction<String> row = i -> what.replace("{i}", "" + i);
    return text.startsWith("{each i:")
        ? each(row)
        : each(i -> each(j -> row.apply(i).replace("{ij}", "" + i + j).replace("{j}", "" + j)));
  }

  private String each(IntFunction<String> f) {
    return IntStream.range(0, size).mapToObj(f).collect(Collectors.joining("\n"));
  }

  /** Writes the sources into a folder, unformatted. */
  public static void main(String[] folder) throws IOException {
    for (TileSource t : ALL) {
      Files.writeString(Path.of(folder[0], t.name() + ".java"), t.text());
    }
  }
}
