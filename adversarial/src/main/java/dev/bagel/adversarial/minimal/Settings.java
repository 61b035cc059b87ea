package dev.bagel.adversarial.minimal;

/** What the settings of attacks are checked with. */
final class Settings {
  private Settings() {}

  static void atLeast(String name, double value, double least) {
    if (!(value >= least) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s = %s: a number from %s on".formatted(name, value, least));
    }
  }

  static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " = " + value + ": it must be positive");
    }
  }

  static void share(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + " = " + value + ": between 0 and 1");
    }
  }
}
