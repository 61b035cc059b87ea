package dev.bagel.tensor.kernel.simd;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Product;
import java.util.List;

/**
 * A convolution, or its input gradient, which is one too: from ȳ to x̄ with the filters' axes
 * exchanged. What is read and what is written, whichever it is; channels and outputs are those of
 * one group.
 *
 * @param g the convolution
 * @param forward whether it goes from x to y
 */
record Direction(Conv g, boolean forward) {
  /** Channels that are read. */
  int channels() {
    return forward ? g.groupC() : g.groupO();
  }

  /** Channels that are written. */
  int outputs() {
    return forward ? g.groupO() : g.groupC();
  }

  /** Rows of what is read. */
  int h() {
    return forward ? g.h() : g.oh();
  }

  /** Columns of what is read. */
  int w() {
    return forward ? g.w() : g.ow();
  }

  /** Rows of the result. */
  int outH() {
    return forward ? g.oh() : g.h();
  }

  /** Columns of the result. */
  int outW() {
    return forward ? g.ow() : g.w();
  }

  /** Taps of one channel of a filter. */
  int taps() {
    return g.kh() * g.kw();
  }

  /** Elements between the filters of two channels that are read. */
  int filterChannel() {
    return forward ? taps() : g.groupC() * taps();
  }

  /** Elements between the filters of two outputs. */
  int filterOutput() {
    return forward ? g.groupC() * taps() : taps();
  }

  /**
   * Whether it is {@link #product} and large enough to gain by that, as measured: one tap, no
   * stride, no padding, and outputs and planes that fill tiles of the product.
   */
  boolean isProduct() {
    return taps() == 1
        && g.groups() == 1
        && g.strideY() == 1
        && g.strideX() == 1
        && outH() == h()
        && outW() == w()
        && g.top() == 0
        && g.left() == 0
        && outputs() >= Tile.ROWS / 2
        && h() * w() >= Tile.COLUMNS;
  }

  /** Filters [outputs, channels] times every image [channels, H·W], for a single tap. */
  Product product() {
    int pixels = h() * w();
    return new Product(
        g.n(), outputs(), pixels, channels(), !forward, false, 0, channels() * pixels);
  }

  /** The sums over shifted planes that the result is made of. */
  List<Taps> sums() {
    return forward ? Taps.forward(g) : Taps.input(g);
  }

  /** In which order the filters are multiplied: all that a packed copy of them depends on. */
  Object order(Object layout) {
    List<List<Integer>> taps =
        sums().stream().map(s -> s.all().stream().map(Taps.Tap::filter).toList()).toList();
    return List.of(layout, forward, g.groups(), channels(), outputs(), taps);
  }
}
