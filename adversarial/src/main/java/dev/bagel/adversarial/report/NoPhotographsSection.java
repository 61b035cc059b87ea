package dev.bagel.adversarial.report;

import gg.jte.Content;

/**
 * The place of the photographs where there are none.
 *
 * @param missing what is missing, and where it was looked for
 */
public record NoPhotographsSection(String missing) implements Section {
  @Override
  public String id() {
    return "photographs";
  }

  @Override
  public String title() {
    return "Not shown: a network for ImageNet and its photographs";
  }

  @Override
  public Content body() {
    return Templates.show("nophotographs", this);
  }
}
