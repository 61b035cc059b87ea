/**
 * Harm that nobody intends: noise, blur, weather and compression, and examples that are hard as
 * they are.
 *
 * <h2>Corruptions</h2>
 *
 * {@link dev.bagel.adversarial.natural.Corruption} has the fifteen kinds of Hendrycks and
 * Dietterich 2019, "Benchmarking neural network robustness to common corruptions and
 * perturbations", each in five severities. Their numbers are those of the authors' programs
 * (hendrycks/robustness, {@code make_cifar_c.py} and {@code make_imagenet_c.py}): the first set for
 * pictures whose shorter side has up to 64 pixels, the second for larger ones. {@link
 * dev.bagel.adversarial.natural.CorruptionErrors} measures a model and compares it with a baseline.
 *
 * <p>No corruption is the authors' to the last bit: they call OpenCV, ImageMagick, SciPy and
 * Pillow, here are a few loops. Differences that are more than rounding:
 *
 * <ul>
 *   <li>frost is drawn (crystals grown from random seeds) instead of being cut out of photographs;
 *   <li>glass exchanges pixels; the authors' assignment of array views copies one over the other,
 *       and never reaches to the right or down;
 *   <li>zooming reads about the exact centre, and fog's fractal has its own draws;
 *   <li>results are not rounded to 256 levels.
 * </ul>
 *
 * So figures compare models that were both measured here, not with published tables. What is drawn
 * for an example depends on the example and the kind, and not on the severity: a severer snow has
 * the same flakes, and larger ones.
 *
 * <h2>Filtration</h2>
 *
 * {@link dev.bagel.adversarial.natural.Filtration} picks out of a data set the examples that all of
 * some models get wrong with confidence, as ImageNet-A was made.
 */
package dev.bagel.adversarial.natural;
