package dev.bagel.adversarial.natural;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.Locale;

/**
 * The fifteen common corruptions of Hendrycks and Dietterich 2019, Figure 1: four families, five
 * severities each. See the package's description for where they differ from the authors'.
 */
@SuppressWarnings("ImmutableEnumChecker") // the changes are lambdas that hold nothing
public enum Corruption {
  GAUSSIAN_NOISE(Family.NOISE, Noises::gaussian),
  SHOT_NOISE(Family.NOISE, Noises::shot),
  IMPULSE_NOISE(Family.NOISE, Noises::impulse),
  DEFOCUS_BLUR(Family.BLUR, Blurs::defocus),
  GLASS_BLUR(Family.BLUR, Blurs::glass),
  MOTION_BLUR(Family.BLUR, Blurs::motion),
  ZOOM_BLUR(Family.BLUR, Blurs::zoom),
  SNOW(Family.WEATHER, Weather::snow),
  FROST(Family.WEATHER, Weather::frost),
  FOG(Family.WEATHER, Weather::fog),
  BRIGHTNESS(Family.WEATHER, Weather::brightness),
  CONTRAST(Family.DIGITAL, Digital::contrast),
  ELASTIC(Family.DIGITAL, Digital::elastic),
  PIXELATE(Family.DIGITAL, Digital::pixelate),
  JPEG(Family.DIGITAL, Digital::jpeg);

  /** How many severities there are: 1 is the mildest. */
  public static final int SEVERITIES = 5;

  /** Where a corruption comes from. */
  public enum Family {
    NOISE,
    BLUR,
    WEATHER,
    DIGITAL
  }

  /** One picture to another one, which need not be in range. */
  @FunctionalInterface
  private interface Change {
    Picture of(Picture x, Severity severity, Rng rng);
  }

  private final Family family;
  private final transient Change change;

  Corruption(Family family, Change change) {
    this.family = family;
    this.change = change;
  }

  public Family family() {
    return family;
  }

  /** As people write it: gaussian-noise, jpeg. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Corrupted pictures, each with its own draws: [N, C, H, W] → [N, C, H, W], grey or red, green
   * and blue, within the bounds. Low is black and high is white.
   *
   * @param severity from 1 to {@link #SEVERITIES}
   * @throws IllegalArgumentException if there is no such severity, or the numbers of pictures and
   *     seeds differ
   * @throws AttackException if these are no pictures, or the bounds say of no value that it is
   *     black or white
   */
  public Tensor apply(Tensor x, int severity, Bounds bounds, Seeds seeds) {
    Shape shape = x.shape();
    if (shape.rank() != 4 || (shape.dim(1) != 1 && shape.dim(1) != 3)) {
      throw new AttackException(
          label() + " of inputs " + shape + ": pictures [N, 1 or 3, H, W] are needed");
    }
    float width = (float) bounds.width();
    if (!bounds.isClosed()) {
      throw new AttackException(
          label() + " within " + bounds + ": nothing is black or white; give the model bounds");
    }
    int n = shape.dim(0);
    if (seeds.size() != n) {
      throw new IllegalArgumentException(n + " pictures and " + seeds.size() + " seeds");
    }
    Severity s = Severity.of(severity, shape.dim(2), shape.dim(3));
    int d = n == 0 ? 0 : x.size() / n;
    float[] all = new float[x.size()];
    Parallel.run(
        n,
        i -> {
          Picture before = new Picture(shape.dim(1), shape.dim(2), shape.dim(3));
          for (int j = 0; j < d; j++) {
            before.v[j] = (x.get(i * d + j) - bounds.low()) / width;
          }
          Picture after = change.of(before, s, seeds.example(i).at(name()));
          for (int j = 0; j < d; j++) {
            float unit = Math.max(0, Math.min(1, after.v[j]));
            all[i * d + j] =
                Math.max(bounds.low(), Math.min(bounds.high(), bounds.low() + unit * width));
          }
        });
    return Tensor.wrap(shape, all);
  }
}
