package dev.bagel.nn;

import java.util.List;

/** How the learning rate changes in the course of training: a factor between 0 and 1 (or more). */
public sealed interface Schedule {
  /** The factor at a moment of training, from 0 (start) to 1 (end). */
  double factor(double moment);

  static Schedule constant() {
    return new Constant();
  }

  /** Half a cosine from 1 to {@code floor}: Loshchilov and Hutter 2017, Eq. (5), one period. */
  static Schedule cosine(double floor) {
    return new Cosine(floor);
  }

  /** From 0 to 1 at {@code peak}, and back to 0: Smith and Topin 2018. */
  static Schedule cyclic(double peak) {
    return new Cyclic(peak);
  }

  /** Multiplied by {@code gamma} at each of these moments. */
  static Schedule steps(double gamma, Double... moments) {
    return new Steps(gamma, List.of(moments));
  }

  /** This schedule after a linear rise that lasts until moment {@code until}. */
  default Schedule warmUp(double until) {
    return new WarmUp(until, this);
  }

  /** 1 throughout. */
  record Constant() implements Schedule {
    @Override
    public double factor(double moment) {
      return 1;
    }
  }

  /** Half a cosine. */
  record Cosine(double floor) implements Schedule {
    @Override
    public double factor(double moment) {
      return floor + (1 - floor) * (1 + Math.cos(Math.PI * moment)) / 2;
    }
  }

  /** Up and down in straight lines. */
  record Cyclic(double peak) implements Schedule {
    @Override
    public double factor(double moment) {
      return moment < peak ? moment / peak : (1 - moment) / (1 - peak);
    }
  }

  /** Down in steps. */
  record Steps(double gamma, List<Double> moments) implements Schedule {
    @Override
    public double factor(double moment) {
      return Math.pow(gamma, (int) moments.stream().filter(m -> moment >= m).count());
    }
  }

  /** A rise before another schedule, which then runs over the rest of the time. */
  record WarmUp(double until, Schedule then) implements Schedule {
    @Override
    public double factor(double moment) {
      return moment < until
          ? moment / until * then.factor(0)
          : then.factor((moment - until) / (1 - until));
    }
  }
}
