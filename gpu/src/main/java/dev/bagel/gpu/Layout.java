package dev.bagel.gpu;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Program;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Span;
import java.util.IdentityHashMap;

/** Where things are in the memory of a device: arena, cells, constants, one after the other. */
final class Layout {
  /** A piece of the memory. */
  record Piece(int from, int length) {}

  private final Program program;
  private final IdentityHashMap<float[], Integer> places = new IdentityHashMap<>();
  private final Piece cells;
  private final Piece constants;

  /**
   * The memory of a program.
   *
   * @throws DeviceException if it is more than can be addressed: a buffer has less than 2³¹ bytes
   */
  Layout(Program program) {
    this.program = program;
    long at = program.arenaSize();
    for (Cell c : program.cells()) {
      at = put(c.memory(), at);
    }
    cells = new Piece(program.arenaSize(), (int) at - program.arenaSize());
    for (Tensor t : program.constants()) {
      at = put(t.array(), at);
    }
    constants = new Piece(cells.from + cells.length, (int) at - cells.from - cells.length);
  }

  private long put(float[] array, long at) {
    if (at + array.length > Integer.MAX_VALUE / Float.BYTES) {
      throw new DeviceException(
          "a program of more than 2 GiB: a device's memory is one buffer here; use a smaller"
              + " batch");
    }
    return places.putIfAbsent(array, (int) at) == null ? at + array.length : at;
  }

  /** The elements of the memory. */
  int size() {
    return constants.from + constants.length;
  }

  Piece cells() {
    return cells;
  }

  Piece constants() {
    return constants;
  }

  /** The place of a span: of the arena, which is the beginning of {@code memory}, or of another. */
  int place(Span span, float[] memory) {
    int from = span.array() == memory ? 0 : places.get(span.array());
    return from + span.offset();
  }

  /** The place of a cell. */
  int place(Cell cell) {
    return places.get(cell.memory());
  }

  /** Copies all cells, as they are now, to where they lie in their piece. */
  void readCells(float[] into) {
    for (Cell c : program.cells()) {
      System.arraycopy(c.memory(), 0, into, place(c) - cells.from, c.memory().length);
    }
  }

  /** Copies all constants. */
  void readConstants(float[] into) {
    for (Tensor t : program.constants()) {
      System.arraycopy(t.array(), 0, into, places.get(t.array()) - constants.from, t.size());
    }
  }
}
