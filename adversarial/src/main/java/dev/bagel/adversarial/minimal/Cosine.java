package dev.bagel.adversarial.minimal;

/** Half a cosine from {@code first} down to {@code last}: Loshchilov and Hutter 2017, Eq. (5). */
record Cosine(double first, double last, int steps) {
  double at(int step) {
    return last + (first - last) * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }
}
