/**
 * The tour: everything that this project is for, once, on real images, in a minute or two.
 *
 * <h2>The idea</h2>
 *
 * <pre>
 *   train ──► plain net ──► noise, FGSM, PGD at growing ε ──► its curves
 *                 │
 *                 ├──► PGD, untargeted ──► examples, the first of each class
 *                 ├──► PGD, targeted, over many (image, target) pairs ──► the most absurd success
 *                 │
 *                 └──► PGD adversarial training ──► hardened net ──► the same attacks ──► its curves
 *                                                                └──► a stronger one, as a check
 * </pre>
 *
 * <p>{@link dev.bagel.adversarial.tour.Tour} is that picture as a method. What it does is in a
 * value, {@link dev.bagel.adversarial.tour.TourSettings}; what came out is another, {@link
 * dev.bagel.adversarial.tour.TourResult}, which knows neither HTML nor the command line. The report
 * reads it, the JSON reads it, and so do the tests.
 *
 * <p>{@link dev.bagel.adversarial.tour.ImagenetTour} is the second part, where there are a network
 * for ImageNet and photographs: it trains nothing, since it shows what the tutorial shows, on a net
 * that somebody else has trained. It has settings and a result of its own, and a tour without the
 * photographs is whole.
 *
 * <h2>Honesty</h2>
 *
 * Every accuracy comes from {@link dev.bagel.adversarial.Evaluation}, which looks for itself and
 * trusts no attack. The training sees training images only; the test images are looked at after
 * every epoch to draw a curve, and no epoch is chosen by it. Examples are picked by rules that are
 * said in the report, not by hand. The hardened net begins as the plain one, so the two differ in
 * nothing but the hardening. Since an attack that is too weak makes a net look strong, the hardened
 * net is attacked once more, with more steps and another surrogate, and both numbers are printed.
 *
 * <h2>Reading order</h2>
 *
 * {@code TourSettings}, {@code Tour}, {@code TargetSearch}, {@code TourResult} and what it is made
 * of; then {@code ImagenetPictures}, {@code ImagenetTour}.
 *
 * <h2>Rejected</h2>
 *
 * A tour of nothing but weights that somebody else trained: then nothing is shown but a file. Early
 * stopping on the test images: it would choose by what it later reports.
 */
package dev.bagel.adversarial.tour;
