package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.Verdict;

/** An example as three pictures: before, what was added, after. */
public record Triptych(Example example) {
  public String clean() {
    return Raster.image(example.clean()).address();
  }

  /** The change on the scale −ε … ε, whatever was used of it. */
  public String change() {
    return Raster.change(example.clean(), example.adversarial(), example.ball().epsilon())
        .address();
  }

  public String adversarial() {
    return Raster.image(example.adversarial()).address();
  }

  /** How much stronger the change is drawn than it is, on a scale of pixels from 0 to 1. */
  public String magnified() {
    return "×" + Math.round(1 / (2 * example.ball().epsilon()));
  }

  public String epsilon() {
    return Numbers.plain(example.ball().epsilon());
  }

  public String confidence(Verdict v) {
    return Numbers.percent(v.confidence());
  }

  /** The length of a bar that shows a confidence, for a style attribute. */
  public String bar(Verdict v) {
    return "width:" + Math.round(100 * v.confidence()) + "%";
  }
}
