package dev.bagel.adversarial.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis.
 *
 * @param label what it measures
 * @param low its first value
 * @param high its last one, larger
 * @param percent whether values are shares, to be printed as percentages
 */
public record Axis(String label, double low, double high, boolean percent) {
  private static final int MOST_TICKS = 6;

  public Axis {
    if (!(low < high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException("an axis from " + low + " to " + high);
    }
  }

  /** From 0 to 100 %. */
  public static Axis share(String label) {
    return new Axis(label, 0, 1, true);
  }

  public static Axis linear(String label, double low, double high) {
    return new Axis(label, low, high, false);
  }

  /** How far along the axis a value is: 0 at its low end, 1 at its high end. */
  public double place(double value) {
    return (value - low) / (high - low);
  }

  /** Round values: multiples of 1, 2 or 5 times a power of ten. */
  public List<Double> ticks() {
    double power = Math.pow(10, Math.floor(Math.log10((high - low) / MOST_TICKS)));
    double step = power;
    for (double m : new double[] {1, 2, 5, 10}) {
      step = m * power;
      if ((high - low) / step <= MOST_TICKS) {
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  String print(double tick) {
    return percent ? Math.round(100 * tick) + " %" : Numbers.plain(tick);
  }

  /** A value with all its digits, for who points at it. */
  String read(double value) {
    return percent ? Numbers.percent(value) : Numbers.plain(value);
  }
}
