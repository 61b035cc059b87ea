package dev.bagel.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * A figure that must not get much worse.
 *
 * @param item what is measured
 * @param kind of figure
 * @param usual what it was when the baseline was made; NaN if there is none
 * @param limit what is still allowed
 */
record Watched(String item, Kind kind, double usual, double limit) {
  /** What a figure is. */
  enum Kind {
    /** How many times faster than plain Java; more is better. */
    RATIO,
    /** What a step allocates; less is better. */
    BYTES
  }

  /**
   * Of the baseline's ratio. A machine that others use moves ratios by a factor of 1.4; a loop that
   * the compiler leaves its vectors to the heap is 10 to 100 times slower.
   */
  private static final double SHARE = 0.6;

  /** Where there is no baseline: with 256 bits some kernels are just as fast as plain Java. */
  private static final double FLOOR = 0.5;

  /**
   * A step allocates nothing that grows with the batch or the network; what it does allocate is
   * less than a single row of vectors that the compiler left on the heap.
   */
  private static final double MOST_BYTES = 2048;

  private static final int TRIES = 3;

  /** The ratio of a duel. */
  static Watched ratio(String title, Optional<Baseline> baseline) {
    Double usual = baseline.map(b -> b.ratios().get(title)).orElse(null);
    return usual == null
        ? new Watched(title, Kind.RATIO, Double.NaN, FLOOR)
        : new Watched(title, Kind.RATIO, usual, SHARE * usual);
  }

  /** The bytes of a step. */
  static Watched bytes(String item) {
    return new Watched(item, Kind.BYTES, Double.NaN, MOST_BYTES);
  }

  /** NaN is never allowed. */
  boolean allows(double figure) {
    return kind == Kind.RATIO ? figure >= limit : figure <= limit;
  }

  /**
   * Measures until the figure is allowed, three times at most: what is slow for good is slow each
   * time, and a machine that was busy is not.
   *
   * @param measurement takes the number of measurements before it
   */
  Tried measured(IntToDoubleFunction measurement) {
    List<Double> figures = new ArrayList<>();
    do {
      figures.add(measurement.applyAsDouble(figures.size()));
    } while (figures.size() < TRIES && !allows(figures.get(figures.size() - 1)));
    return new Tried(this, figures);
  }

  /** The figure as people read it. */
  String text(double figure) {
    if (Double.isNaN(figure)) {
      return "–";
    }
    return kind == Kind.BYTES
        ? String.format(Locale.ROOT, "%.0f bytes", figure)
        : String.format(Locale.ROOT, "%.2f ×", figure);
  }

  /**
   * What came of it.
   *
   * @param figures of all tries; the last one counts
   */
  record Tried(Watched what, List<Double> figures) {
    Tried {
      figures = List.copyOf(figures);
    }

    double last() {
      return figures.get(figures.size() - 1);
    }

    boolean isAllowed() {
      return what.allows(last());
    }

    /** What is wrong, or that nothing is. */
    String verdict() {
      if (isAllowed()) {
        return figures.size() == 1 ? "ok" : "ok, at try " + figures.size();
      }
      if (what.kind == Kind.BYTES || Double.isNaN(what.usual)) {
        return "FAILED";
      }
      return String.format(Locale.ROOT, "FAILED: %.1f times slower", what.usual / last());
    }
  }
}
