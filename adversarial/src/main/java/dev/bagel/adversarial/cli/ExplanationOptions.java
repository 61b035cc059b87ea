package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.FeatureMaps;
import dev.bagel.adversarial.explain.GradCam;
import dev.bagel.adversarial.explain.GradCamPlusPlus;
import dev.bagel.adversarial.explain.GuidedBackpropagation;
import dev.bagel.adversarial.explain.IntegratedGradients;
import dev.bagel.adversarial.explain.Layers;
import dev.bagel.adversarial.explain.Product;
import dev.bagel.adversarial.explain.Saliency;
import dev.bagel.adversarial.explain.SmoothGrad;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which explanation, and how fine. */
final class ExplanationOptions {
  private static final int SAMPLES = 50;
  private static final double NOISE = 0.15; // of the range of the inputs: Smilkov et al. 2017, §3.1
  private static final int STEPS = 100;
  private static final int MOST_POINTS = 100_000;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "grad-cam",
      description = "grad-cam or any other that '--method help' lists (default: grad-cam).")
  private String name;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "Where grad-cam and its kin look; 'bagel model FILE' lists the names (default: the last"
              + " layer with maps).")
  private String layer;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Points of smoothgrad (default: " + SAMPLES + ").")
  private Integer samples;

  @Option(
      names = "--sigma",
      paramLabel = "S",
      converter = Fraction.class,
      description = "Noise of smoothgrad in input units (default: 15 %% of their range).")
  private Double sigma;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Points of integrated-gradients (default: " + STEPS + ").")
  private Integer steps;

  @Option(
      names = "--baseline",
      paramLabel = "V",
      converter = Fraction.class,
      description = "Where integrated-gradients begin: every element (default: black).")
  private Double baseline;

  boolean isHelp() {
    return name.equals("help");
  }

  MethodName method() {
    MethodName m = MethodName.named(name);
    refuse(layer != null && !m.hasLayer(), "--layer", m);
    refuse(samples != null && m != MethodName.SMOOTHGRAD, "--samples", m);
    refuse(sigma != null && m != MethodName.SMOOTHGRAD, "--sigma", m);
    refuse(steps != null && m != MethodName.INTEGRATED_GRADIENTS, "--steps", m);
    refuse(baseline != null && m != MethodName.INTEGRATED_GRADIENTS, "--baseline", m);
    checkPoints(samples, "samples", "--samples");
    checkPoints(steps, "steps", "--steps");
    if (sigma != null && sigma < 0) {
      throw new WrongUse("σ = " + sigma, "--sigma", "a number from 0 on, in input units");
    }
    return m;
  }

  private static void refuse(boolean wrong, String option, MethodName m) {
    if (wrong) {
      throw new WrongUse("no use for it in " + m.label(), option, "leave it out");
    }
  }

  private static void checkPoints(Integer n, String what, String option) {
    if (n != null && (n < 1 || n > MOST_POINTS)) {
      throw new WrongUse(n + " " + what, option, "from 1 to " + MOST_POINTS);
    }
  }

  /** The layer that is looked at; empty if the method looks at none. */
  Optional<String> layer(Model model) {
    if (!method().hasLayer()) {
      return Optional.empty();
    }
    return Optional.of(layer == null ? Layers.of(model).last() : layer);
  }

  /** The explanation for this model. */
  Explanation explanation(Model model) {
    Optional<String> at = layer(model);
    Bounds bounds = model.bounds();
    return switch (method()) {
      case GRAD_CAM -> new GradCam(at);
      case GRAD_CAM_PLUS_PLUS -> new GradCamPlusPlus(at);
      case SALIENCY -> new Saliency();
      case SMOOTHGRAD -> new SmoothGrad(samples == null ? SAMPLES : samples, sigma(bounds));
      case INTEGRATED_GRADIENTS ->
          new IntegratedGradients(steps == null ? STEPS : steps, baseline(bounds));
      case GUIDED_BACKPROP -> new GuidedBackpropagation();
      case GUIDED_GRAD_CAM -> Product.guidedGradCam(new GradCam(at));
      case FEATURE_MAPS -> new FeatureMaps(at);
    };
  }

  private double sigma(Bounds bounds) {
    double range = (double) bounds.high() - bounds.low();
    if (sigma == null && Double.isInfinite(range)) {
      throw new WrongUse("inputs without bounds", "smoothgrad", "say how strong noise is: --sigma");
    }
    return sigma == null ? NOISE * range : sigma;
  }

  private double baseline(Bounds bounds) {
    if (baseline != null) {
      return baseline;
    }
    return Float.isFinite(bounds.low()) ? bounds.low() : 0;
  }
}
