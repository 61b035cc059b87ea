package dev.bagel.adversarial.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text under a heading: the first column to the left, all others to the right as numbers,
 * unless said otherwise.
 */
final class Table {
  private final List<String[]> rows = new ArrayList<>();
  private int words = 1; // columns to the left

  private Table(String... heading) {
    rows.add(heading);
  }

  static Table of(String... heading) {
    return new Table(heading.clone());
  }

  /** Appends a row with as many cells as the heading. */
  Table row(String... cells) {
    if (cells.length != rows.get(0).length) {
      throw new IllegalArgumentException(
          cells.length + " cells under " + rows.get(0).length + " headings");
    }
    rows.add(Arrays.stream(cells).map(Text::oneLine).toArray(String[]::new));
    return this;
  }

  /** All columns to the left: they hold words. */
  Table toTheLeft() {
    return words(Integer.MAX_VALUE);
  }

  /** The first columns to the left: they hold words. */
  Table words(int columns) {
    words = columns;
    return this;
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], width(row[c]));
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String gap = " ".repeat(widths[c] - width(row[c]));
        line.append(c == 0 ? "" : "  ").append(c < words ? row[c] + gap : gap + row[c]);
      }
      text.append(text.isEmpty() ? "" : System.lineSeparator())
          .append(line.toString().stripTrailing());
    }
    return text.toString();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
