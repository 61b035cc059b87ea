package dev.bagel.gpu;

/**
 * How a group of work items divides a matrix product: into tiles of so many rows and columns of C,
 * each item computing {@code registers} × {@code registers} elements.
 *
 * @param registers 8 or 4
 * @param logWidth log₂ of the items along the columns
 */
record Tiles(int registers, int logWidth) {
  /** Eight rows of the left tile: as many columns as the highest tile has, and a little more. */
  static final int PITCH_A = 132; // not a multiple of 32: items of a group write to other banks

  static final int PITCH_B = 256;
  static final int LEFT = 8 * PITCH_A;
  static final int RIGHT = 8 * PITCH_B;

  /** No part of a sum is shorter. */
  private static final int SHORTEST = 256;

  private static final Tiles[] ALL = {
    new Tiles(8, 4), new Tiles(8, 5), new Tiles(4, 4), new Tiles(4, 5), new Tiles(4, 6)
  };

  int wide() {
    return registers << logWidth;
  }

  int high() {
    return registers * (Machine.GROUP >> logWidth);
  }

  /** How many tiles cover so many rows. */
  int down(int m) {
    return count(m, high());
  }

  /** How many tiles cover so many columns. */
  int across(int n) {
    return count(n, wide());
  }

  /** The tiles that take the least time for C [m, n], so many of them, on so many groups. */
  static Tiles of(int m, int n, int batch, int groups) {
    Tiles best = ALL[0];
    for (Tiles t : ALL) {
      if (t.cost(m, n, batch, groups) < best.cost(m, n, batch, groups)) {
        best = t;
      }
    }
    return best;
  }

  /** Into how many parts to cut a long sum so that all groups have something to do. */
  int parts(int m, int n, int batch, int k, int groups) {
    long tiles = (long) batch * down(m) * across(n);
    return (int) Math.max(1, Math.min(k / SHORTEST, groups / Math.max(1, tiles)));
  }

  /** Rounds of all groups, times the work of a tile; small tiles read more for each product. */
  private double cost(int m, int n, int batch, int groups) {
    long tiles = (long) batch * down(m) * across(n);
    double rounds = Math.ceil((double) tiles / groups);
    return rounds * high() * wide() * (1 + 4.0 / registers);
  }

  private static int count(int n, int size) {
    return (n + size - 1) / size;
  }
}
