package dev.bagel.adversarial.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The ways to explain, as people name them. */
enum MethodName {
  GRAD_CAM("grad-cam", "the maps of a layer, weighed by their mean slope (Selvaraju 2017)"),
  GRAD_CAM_PLUS_PLUS("grad-cam++", "the same for classes seen at several places (2018)"),
  SALIENCY("saliency", "the slope of the score in each pixel (Simonyan 2014)"),
  SMOOTHGRAD("smoothgrad", "the mean slope around the input: --samples, --sigma (Smilkov 2017)"),
  INTEGRATED_GRADIENTS(
      "integrated-gradients",
      "what each pixel adds from a baseline on: --steps, --baseline (Sundararajan 2017)"),
  GUIDED_BACKPROP("guided-backprop", "positive slopes alone; see --sanity (Springenberg 2015)"),
  GUIDED_GRAD_CAM("guided-grad-cam", "guided-backprop times grad-cam (Selvaraju 2017)"),
  FEATURE_MAPS("feature-maps", "what a layer sees, whatever the class");

  private final String label;
  private final String what;

  MethodName(String label, String what) {
    this.label = label;
    this.what = what;
  }

  String label() {
    return label;
  }

  String what() {
    return what;
  }

  /** Whether it looks at a layer. */
  boolean hasLayer() {
    return switch (this) {
      case GRAD_CAM, GRAD_CAM_PLUS_PLUS, GUIDED_GRAD_CAM, FEATURE_MAPS -> true;
      case SALIENCY, SMOOTHGRAD, INTEGRATED_GRADIENTS, GUIDED_BACKPROP -> false;
    };
  }

  static MethodName named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(m -> m.label.equals(wanted))
        .findFirst()
        .orElseThrow(
            () -> new WrongUse("unknown method '" + name + "'", "--method", "one of " + labels()));
  }

  static String labels() {
    return Arrays.stream(values()).map(MethodName::label).collect(Collectors.joining(", "));
  }
}
