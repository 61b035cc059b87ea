package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.ImagenetResult;
import java.util.List;

/** The part of a tour's report that is about photographs. */
public final class ImagenetSections {
  private ImagenetSections() {}

  /** Everything that was found. */
  public static List<Section> of(ImagenetResult r) {
    return List.of(
        new PhotographsSection(r),
        new OptimizersSection(r),
        new NearestSection(r),
        new FocusSection(r));
  }

  /** A line in its place. */
  public static List<Section> missing(String what) {
    return List.of(new NoPhotographsSection(what));
  }
}
