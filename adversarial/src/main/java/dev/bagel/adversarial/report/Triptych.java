package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.Verdict;

/**
 * An example as three pictures: before, what was added, after.
 *
 * @param explained whether to say what the one in the middle means
 */
public record Triptych(Example example, boolean explained) {
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

  /** How it is drawn: pixels that can be counted stay squares. */
  public String kind() {
    return Raster.kind(example.clean());
  }

  public int width() {
    return example.clean().shape().dim(2);
  }

  public int height() {
    return example.clean().shape().dim(1);
  }

  public String magnified() {
    return magnified(example.ball().epsilon());
  }

  /** How much stronger a change is drawn than it is, where pixels go from 0 to 1. */
  static String magnified(double epsilon) {
    return "×" + Numbers.plain(1 / (2 * epsilon));
  }

  public String epsilon() {
    return Numbers.radius(example.ball().epsilon());
  }

  public String confidence(Verdict v) {
    return Numbers.percent(v.confidence());
  }

  /** The length of a bar that shows a confidence, for a style attribute. */
  public String bar(Verdict v) {
    return "width:" + Math.round(100 * v.confidence()) + "%";
  }
}
